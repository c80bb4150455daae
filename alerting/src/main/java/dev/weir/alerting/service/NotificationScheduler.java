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
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CHORES = Duration.ofMinutes(1);

    private final NotificationGroups groups;
    private final OutboxStore outbox;
    private final List<Chore> chores;
    private final InstantSource clock;
    private final AlertingMetrics metrics;
    private final Worker flushing;
    /** Housekeeping has a thread of its own, so that notifications do not wait for it. */
    private final Worker housekeeping;

    private long gaugesMs;
    private long choresMs;

    /** A task of housekeeping. */
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
        // An interruption could close the database's file, so runs are never interrupted.
        this.flushing =
                new Worker("weir-scheduler", this::round, Backoff.constant(PAUSE), this::failed).uninterrupted();
        this.housekeeping =
                new Worker("weir-chores", this::runChores, Backoff.constant(PAUSE), this::failed).uninterrupted();
    }

    public void start() {
        flushing.start();
        housekeeping.start();
    }

    @Override
    public void close() {
        flushing.close();
        housekeeping.close();
    }

    private Duration runChores() {
        long now = clock.millis();
        if (now >= choresMs + CHORES.toMillis()) {
            choresMs = now;
            chores.stream().takeWhile(chore -> !housekeeping.isClosing()).forEach(this::run);
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
        return flushed.decided() == 0 ? POLL : Duration.ZERO;
    }

    /** Runs a task; a failure does not keep the others from running. */
    private void run(Chore chore) {
        try {
            chore.run();
        } catch (SQLException | RuntimeException e) {
            metrics.schedulerFailures.inc();
            LOG.warn("a chore failed: {}; next attempt in {} ms", e.getMessage(), CHORES.toMillis());
        }
    }
}
