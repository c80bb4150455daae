package dev.weir.alerting.service;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.OutboxStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what is due whether anybody asks or not: groups that are to be told of, and what is over. */
public final class NotificationScheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationScheduler.class);
    private static final long POLL_MS = 50;
    private static final long PAUSE_MS = 1_000;
    private static final long GRACE_MS = 5_000;
    private static final Duration CHORES = Duration.ofMinutes(1);

    private final NotificationGroups groups;
    private final OutboxStore outbox;
    private final List<Chore> chores;
    private final InstantSource clock;
    private final AlertingMetrics metrics;
    private final Thread thread = new Thread(this::run, "weir-scheduler");
    /** In a thread of its own, since what is told does not wait for what is forgotten. */
    private final Thread choresThread = new Thread(this::runChores, "weir-chores");

    private long gaugesMs;
    private volatile boolean closed;

    /** What is done now and then. */
    public interface Chore {
        void run() throws SQLException;
    }

    public NotificationScheduler(
            NotificationGroups groups,
            OutboxStore outbox,
            List<Chore> chores,
            InstantSource clock,
            AlertingMetrics metrics) {
        this.groups = groups;
        this.outbox = outbox;
        this.chores = List.copyOf(chores);
        this.clock = clock;
        this.metrics = metrics;
    }

    public void start() {
        thread.setDaemon(true);
        thread.start();
        choresThread.setDaemon(true);
        choresThread.start();
    }

    @Override
    public void close() {
        // Not interrupted: that could close the file of the database under it.
        closed = true;
        try {
            thread.join(GRACE_MS);
            choresThread.join(GRACE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                if (round() == 0) {
                    Thread.sleep(POLL_MS);
                }
            } catch (InterruptedException e) {
                LOG.debug("stopped");
                return;
            } catch (SQLException | RuntimeException e) {
                metrics.schedulerFailures.inc();
                LOG.warn("the notification scheduler's run failed and is repeated: {}", e.getMessage());
                pause();
            }
        }
    }

    private void runChores() {
        long doneMs = 0;
        while (!closed) {
            long now = clock.millis();
            if (now >= doneMs + CHORES.toMillis()) {
                doneMs = now;
                chores.stream().takeWhile(chore -> !closed).forEach(this::run);
            }
            pause();
        }
    }

    private int round() throws SQLException {
        long now = clock.millis();
        if (now - gaugesMs >= PAUSE_MS) {
            gaugesMs = now;
            metrics.show(outbox.depths(), now);
        }
        NotificationGroups.Flushed flushed = groups.flush(now);
        metrics.schedulerFailures.inc(flushed.failed());
        return flushed.due();
    }

    /** One that fails is no reason to leave out the others. */
    private void run(Chore chore) {
        try {
            chore.run();
        } catch (SQLException | RuntimeException e) {
            metrics.schedulerFailures.inc();
            LOG.warn("a chore could not be done, trying again in {}: {}", CHORES, e.getMessage());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
