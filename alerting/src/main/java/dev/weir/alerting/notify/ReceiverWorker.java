package dev.weir.alerting.notify;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.Lease;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers the notifications of one receiver in a thread of its own, while this replica holds the receiver's lease. */
final class ReceiverWorker {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiverWorker.class);
    /** The longest time after which a notification that is due by time, or of another replica, is looked for. */
    private static final Duration POLL = Duration.ofMillis(250);

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MOST_OF_TRACE = 50;

    private final String name;
    private final Notifier notifier;
    private final Lease lease;
    private final DeliveryQueue queue;
    private final RetryPolicy policy = new RetryPolicy();
    private final InstantSource clock;
    private final AlertingMetrics metrics;
    private final Worker worker;

    private long notBeforeMs;
    private @Nullable Thread sender;

    ReceiverWorker(OutboxStore store, Receiver receiver, InstantSource clock, AlertingMetrics metrics) {
        this.name = receiver.name();
        this.notifier = receiver.notifier();
        this.lease = store.lease(receiver.name(), clock);
        this.queue = new DeliveryQueue(store, receiver.name(), notifier.takesDigests());
        this.clock = clock;
        this.metrics = metrics;
        // An interruption while the thread uses the database could close the database's file.
        this.worker = new Worker("weir-notify-" + name, this::serve, Backoff.constant(PAUSE), this::failed)
                .uninterrupted()
                .endingWith(this::end);
        metrics.receiver(name);
    }

    void start() {
        worker.start();
    }

    /** Looks for notifications at once. */
    void wake() {
        worker.wake();
    }

    /** Extends the lease, so that no other replica begins an attempt while this one lasts. */
    void renewLease() {
        try {
            if (worker.isRunning()) {
                lease.renew();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn("{}: its lease cannot be renewed: {}", name, e.getMessage());
        }
    }

    /** Ends the worker: no further attempt begins, and the call waits up to {@code atMost} for the present one. */
    void stop(Duration atMost) {
        worker.close(atMost);
    }

    /** Interrupts the present attempt. An interruption at any other time could close the database's file. */
    synchronized void interruptSending() {
        if (sender != null) {
            sender.interrupt();
        }
    }

    void closeNotifier() {
        notifier.close();
    }

    private Duration serve() throws SQLException, InterruptedException {
        queue.settle();
        long now = clock.millis();
        if (now < notBeforeMs || !lease.isOurs()) {
            return POLL;
        }
        List<OutboxStore.Entry> next = queue.next(now);
        if (next.isEmpty()) {
            return POLL;
        }
        DeliveryAttempt attempt = new DeliveryAttempt(name, notifier, queue, policy, metrics, next);
        Delivery delivery = send(attempt);
        try {
            attempt.settle(delivery, clock.millis());
        } finally {
            notBeforeMs = Math.max(notBeforeMs, attempt.notBeforeMs());
        }
        return Duration.ZERO;
    }

    private void failed(Exception failure, Duration pause) {
        LOG.warn("{}: the outbox cannot be read or written: {}", name, failure.getMessage());
    }

    private void end() {
        try {
            queue.settle();
        } catch (SQLException | RuntimeException e) {
            LOG.warn("{}: the last notification may be sent once more: {}", name, e.getMessage());
        } finally {
            lease.release();
        }
    }

    private Delivery send(DeliveryAttempt attempt) throws InterruptedException {
        String kind = attempt.notification().kind().name().toLowerCase(Locale.ROOT);
        try {
            begin();
            metrics.attempts.labels(name, kind).inc();
            return notifier.send(attempt.notification(), attempt.recipients());
        } catch (RuntimeException | StackOverflowError e) {
            // The exception's message is left out, since it may hold a secret.
            LOG.error(
                    "{}: an unexpected error in sending {}, which is a defect of Weir: {} at {}",
                    name,
                    attempt.notification().id(),
                    e.getClass().getName(),
                    Arrays.stream(e.getStackTrace()).limit(MOST_OF_TRACE).toList());
            return new Delivery.Rejected(e.getClass().getSimpleName());
        } finally {
            finish();
        }
    }

    private synchronized void begin() throws InterruptedException {
        if (worker.isClosing()) {
            throw new InterruptedException("closed");
        }
        sender = Thread.currentThread();
    }

    private synchronized void finish() {
        sender = null;
        if (Thread.interrupted()) {
            LOG.debug("{}: stopped after an attempt", name);
        }
    }
}
