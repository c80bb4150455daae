package dev.weir.alerting;

import dev.weir.alerting.store.OutboxStore;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Every metric of alerting. {@code docs/reference/metrics.md} lists them and a test holds it to this class. */
public final class AlertingMetrics {
    public final Counter alerts;
    public final Counter alertsReceived;
    public final Counter alertsApplied;
    public final Counter alertsRejected;
    public final Counter activities;
    public final Counter activitiesFolded;
    public final Counter activitiesRejected;
    public final Counter baselinesRejected;
    public final EdgeSeries edges;
    public final Counter edgesForgotten;
    public final Counter edgeTimesForgotten;
    public final Counter baselinesForgotten;
    public final Counter edgeSeriesForgotten;
    public final Counter intakeRetries;
    public final Gauge intakeLag;
    public final Counter notifications;
    public final Counter notificationRetries;
    public final Counter attempts;
    public final Counter digested;
    public final Counter clerkFailures;
    public final Counter forgotten;
    public final Counter contextRejected;
    public final Gauge contextObjects;
    public final Gauge listeners;
    public final Counter listenersGone;
    public final Counter decisions;
    public final Counter feedbackRejected;
    public final Counter feedbackRetries;
    public final Histogram decisionLatency;
    public final Counter denied;
    public final Counter connectionsClosed;
    public final Gauge receiverAway;
    public final Gauge outboxWaiting;
    public final Gauge outboxOldest;
    public final Counter requests;

    private final List<String> receivers = new CopyOnWriteArrayList<>();

    public AlertingMetrics(CollectorRegistry registry) {
        alerts = counter(
                registry,
                "weir_alerts_total",
                "Alerts that were not there before, or begin anew.",
                "detector",
                "severity",
                "namespace");
        alertsReceived = counter(registry, "weir_alerting_alerts_received_total", "Alert revisions read from Kafka.");
        alertsApplied = counter(
                registry,
                "weir_alerting_alerts_applied_total",
                "Alert revisions by what became of them: new, updated, raised, moved to another incident, stale.",
                "detector",
                "result");
        alertsRejected = counter(registry, "weir_alerting_alerts_rejected_total", "Records that are no alert.");
        activities = counter(
                registry, "weir_alerting_activities_total", "Activities added to the edges that they went over.");
        activitiesFolded = counter(
                registry,
                "weir_alerting_activities_folded_total",
                "Activities whose addresses and ports are not told apart, because too many edges are known.");
        activitiesRejected =
                counter(registry, "weir_alerting_activities_rejected_total", "Records that are no activity.");
        baselinesRejected =
                counter(registry, "weir_alerting_baselines_rejected_total", "Records that are no baseline.");
        intakeRetries = counter(
                registry,
                "weir_alerting_intake_retries_total",
                "Batches taken again after the database or Kafka failed.",
                "topic");
        intakeLag = Gauge.build("weir_alerting_intake_lag", "Records of the topic that are still to be read.")
                .labelNames("topic")
                .register(registry);
        edgeSeriesForgotten = counter(
                registry,
                "weir_alerting_edge_series_forgotten_total",
                "Series of edges that had to make room for others, and are part of their sum.");
        edges = new EdgeSeries(edgeSeriesForgotten).register(registry);
        edgesForgotten = counter(
                registry,
                "weir_alerting_edges_forgotten_total",
                "Edges that were used least and made room for others in the database.");
        edgeTimesForgotten = counter(
                registry,
                "weir_alerting_edge_times_forgotten_total",
                "Times (minutes, hours, days) of edges that were forgotten before their time, because there were too many.");
        baselinesForgotten = counter(
                registry,
                "weir_alerting_baselines_forgotten_total",
                "Baselines that changed longest ago and made room for others in the database.");
        notifications = counter(
                registry,
                "weir_alerting_notifications_total",
                "Notifications by what became of them: delivered, partly (some recipients do not have it yet, or are refused for good), rejected, forgotten with their receiver (gone).",
                "receiver",
                "result");
        notificationRetries = counter(
                registry,
                "weir_alerting_notification_retries_total",
                "Attempts after which a notification is to be tried again.",
                "receiver");
        attempts = counter(
                registry, "weir_alerting_notification_attempts_total", "Attempts to notify.", "receiver", "kind");
        digested = counter(
                registry,
                "weir_alerting_notifications_digested_total",
                "Notifications that were told together with others, because there were too many.",
                "receiver");
        clerkFailures = counter(
                registry, "weir_alerting_clerk_failures_total", "Rounds of what is due that failed and were repeated.");
        contextRejected =
                counter(registry, "weir_alerting_context_rejected_total", "Records that are no change of the cluster.");
        contextObjects = Gauge.build(
                        "weir_alerting_context_objects", "Objects of the cluster that policies are explained by.")
                .register(registry);
        listeners = Gauge.build("weir_alerting_listeners", "Who listens to what happens as it happens.")
                .register(registry);
        listenersGone = counter(
                registry, "weir_alerting_listeners_gone_total", "Listeners that went, or did not read any more.");
        decisions = counter(
                registry,
                "weir_alerting_decisions_total",
                "Decisions of people that the analytics were told of.",
                "action");
        feedbackRejected = counter(registry, "weir_alerting_feedback_rejected_total", "Records that are no decision.");
        feedbackRetries = counter(
                registry,
                "weir_alerting_feedback_retries_total",
                "Times that decisions did not reach Kafka and were tried again.");
        decisionLatency = Histogram.build(
                        "weir_alerting_decision_latency_seconds",
                        "From the first alert of an incident to the first that a person does about it.")
                .buckets(60, 300, 900, 3_600, 4 * 3_600, 24 * 3_600, 7 * 24 * 3_600)
                .register(registry);
        connectionsClosed = counter(
                registry,
                "weir_alerting_http_connections_closed_total",
                "HTTP connections that were closed because their address had too many, or a request was not whole in time (slow).",
                "reason");
        denied = counter(registry, "weir_alerting_http_denied_total", "HTTP requests that were not let in.", "reason");
        forgotten = counter(
                registry,
                "weir_alerting_incidents_forgotten_total",
                "Incidents that were over for as long as they are kept, or made room for others in the database.");
        receiverAway = Gauge.build(
                        "weir_alerting_receiver_away", "1 while a receiver has not taken several attempts in a row.")
                .labelNames("receiver")
                .register(registry);
        outboxWaiting = Gauge.build("weir_alerting_outbox_waiting", "Notifications that are not delivered yet.")
                .labelNames("receiver")
                .register(registry);
        outboxOldest = Gauge.build(
                        "weir_alerting_outbox_oldest_seconds", "How long the oldest of those has been waiting.")
                .labelNames("receiver")
                .register(registry);
        requests = counter(registry, "weir_alerting_http_requests_total", "HTTP requests answered.", "route", "status");
    }

    /** There is such a receiver, for whom nothing has happened yet. */
    public void receiver(String name) {
        receivers.add(name);
        receiverAway.labels(name).set(0);
        outboxWaiting.labels(name).set(0);
        outboxOldest.labels(name).set(0);
    }

    /** What waits, by receiver. */
    public void show(List<OutboxStore.Depth> depths, long nowMs) {
        for (String name : receivers) {
            outboxWaiting.labels(name).set(0);
            outboxOldest.labels(name).set(0);
        }
        for (OutboxStore.Depth depth : depths) {
            outboxWaiting.labels(depth.receiver()).set(depth.waiting());
            outboxOldest.labels(depth.receiver()).set((nowMs - depth.oldestMs()) / 1000.0);
        }
    }

    private static Counter counter(CollectorRegistry registry, String name, String help, String... labels) {
        return Counter.build(name, help).labelNames(labels).register(registry);
    }
}
