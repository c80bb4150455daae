package dev.weir.alerting.notify;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.route.Notification;
import dev.weir.alerting.store.Lease;
import dev.weir.alerting.store.OutboxStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the notifiers from the database, a thread for each receiver so that one that is slow holds up no other. Of several replicas
 * one serves a receiver, so that its pace and the order hold. What was sent is removed after the receiver took it; a crash in
 * between sends it once more, under the same id.
 */
public final class Outbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final long POLL_MS = 50;
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration LAST_BACKOFF = Duration.ofMinutes(5);
    private static final long RENEW_MS = 1_000;
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** So many that are due at once are told in one. */
    private static final int DIGEST_FROM = 20;

    private static final int DIGEST_MOST = 200;
    private static final int MOST_OF_TRACE = 50;
    /** After so many attempts they are told one by one after all. */
    private static final int DIGEST_ATTEMPTS = 2;
    /** For recipients that do not take what others take: a mailbox may be full for days. */
    private static final Duration LEFT_FIRST = Duration.ofMinutes(1);

    private static final Duration LEFT_LAST = Duration.ofHours(1);
    private static final Duration LEFT_LONGEST = Duration.ofDays(5);
    /** So many times what waits is tried again before what follows goes ahead of it. */
    private static final int IN_ORDER = 3;
    /** So many attempts in a row that fail take the receiver for away. */
    private static final int AWAY_FROM = 3;

    private final OutboxStore store;
    private final InstantSource clock;
    private final AlertingMetrics metrics;
    private final List<Worker> workers = new ArrayList<>();
    private final ScheduledExecutorService renewal = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "weir-leases");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean closed;

    public Outbox(OutboxStore store, List<Receiver> receivers, InstantSource clock, AlertingMetrics metrics) {
        this.store = store;
        this.clock = clock;
        this.metrics = metrics;
        receivers.forEach(receiver -> workers.add(new Worker(receiver)));
    }

    public void start() {
        workers.forEach(worker -> {
            worker.thread.setDaemon(true);
            worker.thread.start();
        });
        // However long an attempt takes, nobody else may begin one meanwhile.
        ScheduledFuture<?> renewing = renewal.scheduleWithFixedDelay(this::renew, RENEW_MS, RENEW_MS, MILLISECONDS);
        LOG.debug("leases are renewed: {}", renewing);
    }

    private void renew() {
        for (Worker worker : workers) {
            try {
                if (worker.thread.isAlive()) {
                    worker.lease.renew();
                }
            } catch (SQLException | RuntimeException e) {
                LOG.warn("{}: its lease cannot be renewed: {}", worker.name, e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            // What is being sent is to arrive, or it would be sent once more.
            join(GRACE);
            workers.forEach(Worker::stopSending);
            join(GRACE);
            renewal.shutdown();
            for (Worker worker : workers) {
                worker.notifier.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until all have ended, or for so long. */
    private void join(Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        for (Worker worker : workers) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            worker.thread.join(Math.max(1, left));
        }
    }

    private interface Settlement {
        void run() throws SQLException;
    }

    /** What is known of one receiver, for its own thread. */
    private final class Worker {
        private final String name;
        private final Notifier notifier;
        private final Thread thread;
        private final Lease lease;
        /** A receiver that has not taken one is left alone for a while. */
        private long notBeforeMs;
        /** What is to be kept of the last attempt, if the database has not taken it yet. */
        private @Nullable Settlement unsettled;
        /** What has to be told one by one, because the receiver refused it in a digest. */
        private long singlyUntilSeq;

        private int failures;
        private boolean sending;

        Worker(Receiver receiver) {
            this.name = receiver.name();
            this.notifier = receiver.notifier();
            this.thread = new Thread(this::run, "weir-notify-" + receiver.name());
            this.lease = store.lease(receiver.name(), clock);
            metrics.receiver(name);
        }

        private void run() {
            try {
                serveAll();
                settle();
            } catch (SQLException | RuntimeException e) {
                LOG.warn("{}: what was sent last may be sent once more: {}", name, e.getMessage());
            } finally {
                lease.release();
            }
        }

        private void serveAll() {
            while (!closed) {
                try {
                    if (!serve()) {
                        Thread.sleep(POLL_MS);
                    }
                } catch (InterruptedException e) {
                    LOG.debug("{}: stopped", name);
                    return;
                } catch (SQLException | RuntimeException e) {
                    LOG.warn("{}: the outbox cannot be read or written: {}", name, e.getMessage());
                    pause();
                }
            }
        }

        /** Whether there was anything to do. */
        private boolean serve() throws SQLException, InterruptedException {
            settle();
            long now = clock.millis();
            if (now < notBeforeMs || !lease.isOurs()) {
                return false;
            }
            List<OutboxStore.Entry> due = store.due(name, now, notifier.takesDigests() ? DIGEST_MOST : 1);
            if (due.isEmpty()) {
                return false;
            }
            OutboxStore.Entry first = due.get(0);
            List<OutboxStore.Entry> forAll =
                    due.stream().filter(entry -> entry.recipients().isEmpty()).toList();
            boolean isTooMany = forAll.size() >= DIGEST_FROM
                    && notifier.takesDigests()
                    && first.recipients().isEmpty()
                    && first.seq() > singlyUntilSeq;
            attempt(isTooMany ? forAll : List.of(first));
            return true;
        }

        /** What has come of an attempt is kept before anything else is sent, or it would be sent once more. */
        private void settle() throws SQLException {
            Settlement last = unsettled;
            if (last != null) {
                last.run();
                unsettled = null;
            }
        }

        private void settle(Settlement settlement) throws SQLException {
            unsettled = settlement;
            settle();
        }

        private void attempt(List<OutboxStore.Entry> entries) throws SQLException, InterruptedException {
            OutboxStore.Entry first = entries.get(0);
            Notification notification = entries.size() == 1
                    ? first.notification()
                    : Notification.digest(entries.stream()
                            .map(OutboxStore.Entry::notification)
                            .toList());
            List<Long> seqs = entries.stream().map(OutboxStore.Entry::seq).toList();
            Delivery delivery = delivery(notification, first.recipients());
            long now = clock.millis();
            if (delivery instanceof Delivery.RetryLater later) {
                if (first.recipients().isEmpty()) {
                    retry(first, seqs, later, now);
                } else {
                    retryLeft(first, first.recipients(), later.reason(), now);
                }
                return;
            }
            failures = 0;
            metrics.receiverAway.labels(name).set(0);
            notBeforeMs = now + notifier.pace().toMillis();
            if (delivery instanceof Delivery.Rejected rejected && seqs.size() > 1) {
                singlyUntilSeq = seqs.get(seqs.size() - 1);
                LOG.warn("{} refuses {} in one: {}; they are sent one by one", name, seqs.size(), rejected.reason());
                return;
            }
            if (delivery instanceof Delivery.Partly partly) {
                metrics.notifications.labels(name, "partly").inc(entries.size());
                if (partly.left().isEmpty()) {
                    LOG.error("{} has {} in part, {}; it is not sent again", name, notification.id(), partly.reason());
                    settle(() -> store.remove(seqs));
                } else if (first.recipients().isEmpty()) {
                    settle(() -> store.left(
                            seqs, notification, partly.left(), 0, first.createdMs(), now + LEFT_FIRST.toMillis()));
                } else {
                    retryLeft(first, partly.left(), partly.reason(), now);
                }
                return;
            }
            if (delivery instanceof Delivery.Rejected rejected) {
                metrics.notifications.labels(name, "rejected").inc(entries.size());
                LOG.error("{} refuses {}: {}; it is not sent again", name, notification.id(), rejected.reason());
            } else {
                metrics.notifications.labels(name, "delivered").inc(entries.size());
                metrics.digested.labels(name).inc(entries.size() - 1);
            }
            settle(() -> store.remove(seqs));
        }

        /** Recipients that did not take it when others did are no reason to leave the receiver alone. */
        private void retryLeft(OutboxStore.Entry entry, List<String> left, String reason, long nowMs)
                throws SQLException {
            Notification notification = entry.notification();
            metrics.notificationRetries.labels(name).inc();
            if (nowMs - entry.createdMs() >= LEFT_LONGEST.toMillis()) {
                metrics.notifications.labels(name, "rejected").inc();
                LOG.error(
                        "{}: {} recipients have not taken {} for {}: {}; it is not sent again",
                        name,
                        left.size(),
                        notification.id(),
                        LEFT_LONGEST,
                        reason);
                settle(() -> store.remove(List.of(entry.seq())));
                return;
            }
            int attempts = entry.attempts() + 1;
            long next = nowMs + doubled(LEFT_FIRST, LEFT_LAST, attempts).toMillis();
            settle(() -> store.left(List.of(entry.seq()), notification, left, attempts, entry.createdMs(), next));
        }

        /**
         * The receiver is left alone for as long as it asks for, or longer with each failure in a row. After some attempts the
         * notification waits longer than that, so that what the receiver would take goes ahead of what it never takes.
         */
        private void retry(OutboxStore.Entry first, List<Long> seqs, Delivery.RetryLater later, long nowMs)
                throws SQLException {
            metrics.notificationRetries.labels(name).inc();
            failures++;
            metrics.receiverAway.labels(name).set(failures >= AWAY_FROM ? 1 : 0);
            Duration asked = later.after();
            // Whoever says that there is nothing to wait for is not asked without a pause either.
            Duration least = FIRST_BACKOFF.dividedBy(2);
            Duration wait = asked == null ? backoff(failures - 1) : asked.compareTo(least) < 0 ? least : asked;
            Duration behind = first.attempts() < IN_ORDER ? Duration.ZERO : backoff(first.attempts() - IN_ORDER);
            LOG.warn(
                    "{} does not take {} now: {}; next attempt in {} ms",
                    name,
                    first.notification().id(),
                    later.reason(),
                    wait.plus(behind).toMillis());
            notBeforeMs = nowMs + wait.toMillis();
            if (seqs.size() > 1 && first.attempts() >= DIGEST_ATTEMPTS) {
                // One of them may be the reason.
                singlyUntilSeq = seqs.get(seqs.size() - 1);
            }
            store.retry(seqs, notBeforeMs + behind.toMillis());
        }

        /** An interruption at any other time could close the file of the database. */
        private synchronized void stopSending() {
            if (sending) {
                thread.interrupt();
            }
        }

        private synchronized void begin() throws InterruptedException {
            if (closed) {
                throw new InterruptedException("closed");
            }
            sending = true;
        }

        private synchronized void end() {
            sending = false;
            if (Thread.interrupted()) {
                LOG.debug("{}: stopped after it had sent", name);
            }
        }

        private Delivery delivery(Notification notification, List<String> recipients) throws InterruptedException {
            String kind = notification.kind().name().toLowerCase(Locale.ROOT);
            try {
                begin();
                metrics.attempts.labels(name, kind).inc();
                return notifier.send(notification, recipients);
            } catch (RuntimeException | StackOverflowError e) {
                // Not its message: that may hold what no log may hold.
                LOG.error(
                        "{}: a defect in sending {}: {} at {}",
                        name,
                        notification.id(),
                        e.getClass().getName(),
                        Arrays.stream(e.getStackTrace()).limit(MOST_OF_TRACE).toList());
                return new Delivery.Rejected(e.getClass().getSimpleName());
            } finally {
                end();
            }
        }
    }

    private static Duration backoff(int attempts) {
        return doubled(FIRST_BACKOFF, LAST_BACKOFF, attempts);
    }

    /** Doubles with each attempt, less up to a half so that senders do not march in step. */
    private static Duration doubled(Duration first, Duration last, int attempts) {
        long whole = Math.min(last.toMillis(), first.toMillis() << Math.min(attempts, 20));
        return Duration.ofMillis(whole - ThreadLocalRandom.current().nextLong(whole / 2));
    }

    private void pause() {
        try {
            Thread.sleep(FIRST_BACKOFF.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
