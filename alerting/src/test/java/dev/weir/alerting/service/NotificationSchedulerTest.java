package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.service.NotificationScheduler.Task;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.model.Severity;
import io.prometheus.client.CollectorRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Decisions and housekeeping by time, and their failures. */
@Timeout(60)
class NotificationSchedulerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AlertingMetrics metrics = new AlertingMetrics(new CollectorRegistry());
    private volatile long now = 1_000_000;
    private final InstantSource clock = () -> Instant.ofEpochMilli(now);
    private final Database database = Databases.H2.open();
    private final OutboxStore outbox = new OutboxStore(database);
    private final NotificationGroups groups =
            new NotificationGroups(database, Routes.toAll(Map.of("slack", Severity.LOW)), Map.of());
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void dueGroupIsNotifiedAndCounted() throws Exception {
        take();
        try (NotificationScheduler scheduler = started()) {
            await().atMost(PATIENCE).until(() -> decisions(NotifyReason.NEW) == 1);
        }
        assertThat(outbox.size()).isEqualTo(1);
        assertThat(metrics.schedulerFailures.get()).isZero();
    }

    @Test
    void failedRunIsRepeated() throws Exception {
        take();
        rename("notification_group", "away");
        try (NotificationScheduler scheduler = started()) {
            await().atMost(PATIENCE).until(() -> metrics.schedulerFailures.get() >= 1);
            rename("away", "notification_group");
            await().atMost(PATIENCE).until(() -> decisions(NotifyReason.NEW) == 1);
        }
        assertThat(outbox.size()).isEqualTo(1);
    }

    @Test
    void failedTaskKeepsNoOtherFromRunning() {
        Task lost = new Task("deletion of edges", () -> {
            throw new SQLException("connection lost", "08006");
        });
        Task defective = new Task("deletion of baselines", () -> {
            throw new IllegalStateException("a defect");
        });
        try (NotificationScheduler scheduler = started(lost, defective, counted())) {
            await().atMost(PATIENCE).until(() -> runs.get() == 1);
        }
        assertThat(metrics.schedulerFailures.get()).isEqualTo(2);
    }

    @Test
    void tasksRunOnceAMinute() {
        AtomicInteger rounds = new AtomicInteger();
        InstantSource counting = () -> {
            if (Thread.currentThread().getName().equals("weir-housekeeping")) {
                rounds.incrementAndGet();
            }
            return clock.instant();
        };
        try (NotificationScheduler scheduler = started(counting, counted())) {
            await().atMost(PATIENCE).until(() -> rounds.get() >= 2);
            assertThat(runs.get()).isEqualTo(1);
            now += 60_000;
            await().atMost(PATIENCE).until(() -> runs.get() == 2);
        }
    }

    private NotificationScheduler started(Task... tasks) {
        return started(clock, tasks);
    }

    private NotificationScheduler started(InstantSource time, Task... tasks) {
        NotificationScheduler scheduler =
                new NotificationScheduler(groups, outbox, List.of(tasks), () -> {}, time, metrics);
        scheduler.start();
        return scheduler;
    }

    private Task counted() {
        return new Task("deletion of incidents", runs::incrementAndGet);
    }

    private void take() throws SQLException {
        IncidentService.of(database, groups, clock, metrics).alerts().take(List.of(alert("a", 1, Severity.HIGH, 10)));
        now += 60_000;
    }

    private void rename(String from, String to) throws SQLException {
        database.inTransaction(handle -> handle.execute("alter table " + from + " rename to " + to));
    }

    private double decisions(NotifyReason reason) {
        return metrics.notifyDecisions.labels(reason.id()).get();
    }
}
