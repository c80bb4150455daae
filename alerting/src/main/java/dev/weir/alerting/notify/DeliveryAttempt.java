package dev.weir.alerting.notify;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.store.OutboxStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt to deliver the next notification or digest of a receiver: counts its outcome and stores its result. */
final class DeliveryAttempt implements Delivery.Handler<SQLException> {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryAttempt.class);

    /** Attempts of a digest after which its notifications are sent singly; one of them may be the cause. */
    private static final int DIGEST_ATTEMPTS = 2;

    private final String receiver;
    private final Notifier notifier;
    private final DeliveryQueue queue;
    private final RetryPolicy policy;
    private final AlertingMetrics metrics;
    private final List<Long> seqs;
    private final OutboxStore.Entry first;
    private final Notification notification;
    private long nowMs;
    private long notBeforeMs;

    DeliveryAttempt(
            String receiver,
            Notifier notifier,
            DeliveryQueue queue,
            RetryPolicy policy,
            AlertingMetrics metrics,
            List<OutboxStore.Entry> entries) {
        this.receiver = receiver;
        this.notifier = notifier;
        this.queue = queue;
        this.policy = policy;
        this.metrics = metrics;
        this.seqs = entries.stream().map(OutboxStore.Entry::seq).toList();
        this.first = entries.get(0);
        this.notification = entries.size() == 1
                ? first.notification()
                : Notification.digest(
                        entries.stream().map(OutboxStore.Entry::notification).toList());
    }

    Notification notification() {
        return notification;
    }

    /** The recipients that the attempt is for; empty for all. */
    List<String> recipients() {
        return first.recipients();
    }

    /** Counts and stores the result of the attempt. */
    void settle(Delivery delivery, long atMs) throws SQLException {
        nowMs = atMs;
        delivery.handle(this);
    }

    /** The time before which the receiver gets no other notification; 0 for any time. */
    long notBeforeMs() {
        return notBeforeMs;
    }

    @Override
    public void delivered() throws SQLException {
        answered();
        metrics.notifications.labels(receiver, "delivered").inc(seqs.size());
        metrics.digested.labels(receiver).inc(seqs.size() - 1);
        queue.remove(seqs);
    }

    @Override
    public void rejected(String reason) throws SQLException {
        answered();
        if (seqs.size() > 1) {
            queue.sendSingly(seqs);
            LOG.warn(
                    "{} rejects a digest of {} notifications: {}; they are sent singly", receiver, seqs.size(), reason);
            return;
        }
        metrics.notifications.labels(receiver, "rejected").inc();
        LOG.error("{} rejects {}: {}; it is not sent again", receiver, notification.id(), reason);
        queue.remove(seqs);
    }

    @Override
    public void partly(List<String> left, String reason) throws SQLException {
        answered();
        metrics.notifications.labels(receiver, "partly").inc(seqs.size());
        if (left.isEmpty()) {
            LOG.error("{} has {} in part, {}; it is not sent again", receiver, notification.id(), reason);
            queue.remove(seqs);
        } else if (recipients().isEmpty()) {
            long next = nowMs + RetryPolicy.firstForRecipients().toMillis();
            queue.keepFor(left, notification, seqs, 0, first.createdMs(), next);
        } else {
            retryRecipients(left, reason);
        }
    }

    /** Other recipients accept notifications, so the receiver gets further ones meanwhile. */
    private void retryRecipients(List<String> left, String reason) throws SQLException {
        if (nowMs - first.createdMs() >= RetryPolicy.longestForRecipients().toMillis()) {
            metrics.notifications.labels(receiver, "rejected").inc();
            LOG.error(
                    "{}: {} recipients have not accepted {} for {}: {}; it is not sent again",
                    receiver,
                    left.size(),
                    notification.id(),
                    RetryPolicy.longestForRecipients(),
                    reason);
            queue.remove(seqs);
            return;
        }
        metrics.notificationRetries.labels(receiver).inc();
        int attempts = first.attempts() + 1;
        long next = nowMs + RetryPolicy.forRecipients(attempts).toMillis();
        queue.keepFor(left, notification, seqs, attempts, first.createdMs(), next);
    }

    @Override
    public void retryLater(String reason, @Nullable Duration after) throws SQLException {
        if (!recipients().isEmpty()) {
            retryRecipients(recipients(), reason);
            return;
        }
        metrics.notificationRetries.labels(receiver).inc();
        Duration wait = policy.failed(after);
        metrics.receiverUnavailable.labels(receiver).set(policy.isUnavailable() ? 1 : 0);
        Duration behind = RetryPolicy.behind(first.attempts());
        LOG.warn(
                "{} does not accept {} now: {}; next attempt in {} ms",
                receiver,
                notification.id(),
                reason,
                wait.plus(behind).toMillis());
        notBeforeMs = nowMs + wait.toMillis();
        if (seqs.size() > 1 && first.attempts() >= DIGEST_ATTEMPTS) {
            queue.sendSingly(seqs);
        }
        queue.retry(seqs, notBeforeMs + behind.toMillis());
    }

    private void answered() {
        policy.answered();
        metrics.receiverUnavailable.labels(receiver).set(0);
        notBeforeMs = nowMs + notifier.pace().toMillis();
    }
}
