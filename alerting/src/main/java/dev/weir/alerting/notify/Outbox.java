package dev.weir.alerting.notify;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.OutboxStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the notifiers from the database, a thread for each target so that one that is slow holds up no other. What was
 * sent is removed after the target took it; a crash in between sends it once more.
 */
public final class Outbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final long POLL_MS = 200;
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration LAST_BACKOFF = Duration.ofMinutes(5);

    private final OutboxStore store;
    private final InstantSource clock;
    private final AlertingMetrics metrics;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    public Outbox(OutboxStore store, List<Notifier> notifiers, InstantSource clock, AlertingMetrics metrics) {
        this.store = store;
        this.clock = clock;
        this.metrics = metrics;
        for (Notifier notifier : notifiers) {
            threads.add(new Thread(() -> run(notifier), "weir-notify-" + notifier.target()));
        }
    }

    public void start() {
        threads.forEach(thread -> {
            thread.setDaemon(true);
            thread.start();
        });
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(5_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Notifier notifier) {
        // While a target does not take one it is not troubled with the others either.
        long notBeforeMs = 0;
        while (!closed) {
            try {
                boolean waiting = clock.millis() < notBeforeMs;
                Optional<OutboxStore.Entry> due =
                        waiting ? Optional.empty() : store.due(notifier.target(), clock.millis());
                if (due.isPresent()) {
                    notBeforeMs = attempt(notifier, due.get());
                } else {
                    Thread.sleep(POLL_MS);
                }
                metrics.outboxWaiting.set(store.size());
            } catch (InterruptedException e) {
                LOG.debug("{}: stopped", notifier.target());
                return;
            } catch (SQLException | RuntimeException e) {
                LOG.warn("{}: the outbox cannot be read: {}", notifier.target(), e.getMessage());
                pause();
            }
        }
    }

    /** Returns the time before which the target is to be left alone. */
    private long attempt(Notifier notifier, OutboxStore.Entry entry) throws SQLException, InterruptedException {
        Delivery delivery = delivery(notifier, entry);
        String target = notifier.target();
        if (delivery instanceof Delivery.Delivered) {
            metrics.notifications.labels(target, "delivered").inc();
            store.remove(entry.seq());
        } else if (delivery instanceof Delivery.Rejected rejected) {
            metrics.notifications.labels(target, "rejected").inc();
            LOG.error(
                    "{} refuses alert {}: {}; it is not sent again",
                    target,
                    entry.alert().id(),
                    rejected.reason());
            store.remove(entry.seq());
        } else if (delivery instanceof Delivery.RetryLater later) {
            metrics.notificationRetries.labels(target).inc();
            Duration wait = later.after() == null ? backoff(entry.attempts()) : later.after();
            LOG.warn(
                    "{} does not take alert {} now: {}; next attempt in {} ms",
                    target,
                    entry.alert().id(),
                    later.reason(),
                    wait.toMillis());
            long next = clock.millis() + wait.toMillis();
            store.retry(entry.seq(), entry.attempts() + 1, next);
            return next;
        }
        return 0;
    }

    private static Delivery delivery(Notifier notifier, OutboxStore.Entry entry) throws InterruptedException {
        try {
            return notifier.send(entry.alert());
        } catch (RuntimeException e) {
            LOG.error(
                    "{}: a defect in sending alert {}",
                    notifier.target(),
                    entry.alert().id(),
                    e);
            return new Delivery.Rejected(e.getClass().getSimpleName());
        }
    }

    /** Doubles with each attempt, less up to a half so that senders do not march in step. */
    private static Duration backoff(int attempts) {
        long whole = Math.min(LAST_BACKOFF.toMillis(), FIRST_BACKOFF.toMillis() << Math.min(attempts, 20));
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
