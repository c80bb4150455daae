package dev.weir.alerting.service;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the work that is due by time: decisions about groups, and housekeeping once a minute. */
public final class NotificationScheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationScheduler.class);
    /** The longest time after which a group that is due by time, or that another replica has changed, is looked at. */
    private static final Duration POLL = Duration.ofMillis(250);

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration HOUSEKEEPING_INTERVAL = Duration.ofMinutes(1);

    private final NotificationGroups groups;
    private final OutboxStore outbox;
    private final List<Task> tasks;
    private final Runnable onDecided;
    private final InstantSource clock;
    private final AlertingMetrics metrics;
    private final Worker flushing;
    /** Housekeeping has a thread of its own, so that notifications do not wait for it. */
    private final Worker housekeeping;

    private long gaugesMs;
    private long housekeepingMs;

    /**
     * A task of housekeeping.
     *
     * @param name work as a noun, for the log: {@code deletion of incidents}
     */
    public record Task(String name, Work work) {}

    /** The work of a task, on the database. */
    @FunctionalInterface
    public interface Work {
        void run() throws SQLException;
    }

    /**
     * Creates a scheduler; it runs from {@link #start} on.
     *
     * @param onDecided called after groups were decided, so that their notifications can be delivered at once
     */
    public NotificationScheduler(
            NotificationGroups groups,
            OutboxStore outbox,
            List<Task> tasks,
            Runnable onDecided,
            InstantSource clock,
            AlertingMetrics metrics) {
        this.groups = groups;
        this.outbox = outbox;
        this.tasks = List.copyOf(tasks);
        this.onDecided = onDecided;
        this.clock = clock;
        this.metrics = metrics;
        // An interruption could close the database's file, so runs are never interrupted.
        this.flushing =
                new Worker("weir-scheduler", this::round, Backoff.constant(PAUSE), this::failed).uninterrupted();
        this.housekeeping =
                new Worker("weir-housekeeping", this::keepHouse, Backoff.constant(PAUSE), this::failed).uninterrupted();
    }

    public void start() {
        flushing.start();
        housekeeping.start();
    }

    /** Looks at the groups at once. */
    public void wake() {
        flushing.wake();
    }

    @Override
    public void close() {
        flushing.close();
        housekeeping.close();
    }

    private Duration keepHouse() {
        long now = clock.millis();
        if (now >= housekeepingMs + HOUSEKEEPING_INTERVAL.toMillis()) {
            housekeepingMs = now;
            tasks.stream().takeWhile(task -> !housekeeping.isClosing()).forEach(this::run);
        }
        return PAUSE;
    }

    private void failed(Exception failure, Duration pause) {
        metrics.schedulerFailures.inc();
        LOG.warn(
                "the notification scheduler's run failed: {}; next attempt in {} ms",
                failure.getMessage(),
                pause.toMillis());
    }

    private Duration round() throws SQLException {
        long now = clock.millis();
        if (now - gaugesMs >= PAUSE.toMillis()) {
            gaugesMs = now;
            metrics.show(outbox.depths(), now);
        }
        NotificationGroups.Flushed flushed = groups.flush(now);
        metrics.schedulerFailures.inc(flushed.failed());
        flushed.reasons()
                .forEach((reason, count) ->
                        metrics.notifyDecisions.labels(reason.id()).inc(count));
        if (flushed.decided() == 0) {
            return POLL;
        }
        onDecided.run();
        return Duration.ZERO;
    }

    /** Runs a task; a failure does not keep the others from running. */
    private void run(Task task) {
        try {
            task.work().run();
        } catch (SQLException | RuntimeException e) {
            metrics.schedulerFailures.inc();
            LOG.warn(
                    "alerting.database: {} failed: {}; next attempt in {} ms",
                    task.name(),
                    e.getMessage(),
                    HOUSEKEEPING_INTERVAL.toMillis());
        }
    }
}
