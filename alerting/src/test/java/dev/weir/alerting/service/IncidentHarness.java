package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.IncidentChange.Action;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.AlertStore.Applied;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Opens the incident service on one of both databases, with calls for tests. */
abstract class IncidentHarness {
    static final Duration RESEND = Duration.ofMinutes(1);

    long now = 1_000_000;
    final InstantSource clock = () -> Instant.ofEpochMilli(now);
    final CollectorRegistry registry = new CollectorRegistry();
    final AlertingMetrics metrics = new AlertingMetrics(registry);
    Database database;
    NotificationGroups groups;
    static final Entity KEYS = Entity.workload("vault", "keys", "Deployment");

    IncidentService incidents;
    IncidentStore store;
    AlertStore alerts;
    OutboxStore outbox;

    void open(Databases kind) {
        database = kind.open();
        groups = new NotificationGroups(
                database,
                Routes.toAll(Map.of("slack", Severity.LOW, "pager", Severity.HIGH, "am", Severity.CRITICAL)),
                Map.of("am", RESEND));
        incidents = IncidentService.of(database, groups, clock, metrics);
        store = new IncidentStore(database);
        alerts = new AlertStore(database);
        outbox = new OutboxStore(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    Applied take(Alert alert) throws Exception {
        Applied applied = incidents.alerts().take(List.of(alert)).get(0);
        flush();
        return applied;
    }

    void flush() throws Exception {
        while (groups.flush(now).decided() > 0) {
            // Until nothing is due.
        }
    }

    List<Notification> notified(String receiver) throws Exception {
        List<OutboxStore.Entry> entries = outbox.due(receiver, Long.MAX_VALUE, 100);
        if (!entries.isEmpty()) {
            outbox.remove(entries.stream().map(OutboxStore.Entry::seq).toList());
        }
        return entries.stream().map(OutboxStore.Entry::notification).toList();
    }

    Incident incident(String id) throws Exception {
        return store.find(id, NamespaceScope.ALL).orElseThrow();
    }

    Incident change(String id, Action action, @Nullable String reason) throws Exception {
        Incident after = incidents
                .changes()
                .apply(id, null, new IncidentChange(action, "ann", reason, null, null), NamespaceScope.ALL)
                .orElseThrow();
        flush();
        return after;
    }

    List<Kind> timeline(String id) throws Exception {
        return store.timeline(id, 0, 100, NamespaceScope.ALL).stream()
                .map(TimelineEntry::kind)
                .toList();
    }

    static Alert of(String incident, Alert alert) {
        return alert.within(incident, null, null);
    }

    List<DecisionStore.Decision> decisions(boolean withUndone) throws Exception {
        return new DecisionStore(database)
                .list(
                        new DecisionStore.Query(null, null, withUndone ? null : (Long) now, null, 100),
                        NamespaceScope.ALL);
    }
}
