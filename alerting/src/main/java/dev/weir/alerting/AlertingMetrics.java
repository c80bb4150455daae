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
    public final Counter edgesDeleted;
    public final Counter edgeTimesDeleted;
    public final Counter baselinesDeleted;
    public final Counter edgeSeriesEvicted;
    public final Counter intakeRetries;
    public final Gauge intakeLag;
    public final Counter notifications;
    public final Counter notificationRetries;
    public final Counter attempts;
    public final Counter digested;
    public final Counter notifyDecisions;
    public final Counter schedulerFailures;
    public final Counter incidentsDeleted;
    public final Counter contextRejected;
    public final Gauge contextObjects;
    public final Gauge listeners;
    public final Counter listenersGone;
    public final Counter decisions;
    public final Counter feedbackRejected;
    public final Counter feedbackRetries;
    public final Histogram decisionLatency;
    public final Counter refused;
    public final Counter connectionsClosed;
    public final Gauge receiverUnavailable;
    public final Gauge outboxWaiting;
    public final Gauge outboxOldest;
    public final Counter requests;

    private final List<String> receivers = new CopyOnWriteArrayList<>();

    public AlertingMetrics(CollectorRegistry registry) {
        alerts = counter(
                registry,
                "weir_alerts_total",
                "Alerts that are new, or whose behaviour began again after they were resolved.",
                "detector",
                "severity",
                "namespace");
        alertsReceived = counter(registry, "weir_alerting_alerts_received_total", "Alert revisions read from Kafka.");
        alertsApplied = counter(
                registry,
                "weir_alerting_alerts_applied_total",
                "Alert revisions by result: new, updated, raised (more severe than last notified), moved (to another incident), stale (not stored, as the stored revision is as new).",
                "detector",
                "result");
        alertsRejected = counter(
                registry,
                "weir_alerting_alerts_rejected_total",
                "Records of weir.alerts that could not be read as alerts.");
        activities = counter(
                registry,
                "weir_alerting_activities_total",
                "Activities added to their edges in the database. An activity is the flows of"
                        + " one edge in a slice of 10 seconds.");
        activitiesFolded = counter(
                registry,
                "weir_alerting_activities_folded_total",
                "Activities stored under an edge that stands for many, because the database has"
                        + " its maximum of edges.");
        activitiesRejected = counter(
                registry,
                "weir_alerting_activities_rejected_total",
                "Records of weir.activity that could not be read as activities.");
        baselinesRejected = counter(
                registry,
                "weir_alerting_baselines_rejected_total",
                "Records of weir.baselines that could not be read as baselines.");
        intakeRetries = counter(
                registry,
                "weir_alerting_intake_retries_total",
                "Batches of a topic read again after the database or Kafka failed.",
                "topic");
        intakeLag = Gauge.build(
                        "weir_alerting_intake_lag",
                        "Records of the topic that alerting has not read. Flows that the job has not judged are not among them.")
                .labelNames("topic")
                .register(registry);
        edgeSeriesEvicted = counter(
                registry,
                "weir_alerting_edge_series_evicted_total",
                "Series weir_edge_* removed because there were too many; their counts go on in"
                        + " the series of the workload named others.");
        edges = new EdgeSeries(edgeSeriesEvicted).register(registry);
        edgesDeleted = counter(
                registry,
                "weir_alerting_edges_deleted_total",
                "Edges deleted to make room for others, the least used first.");
        edgeTimesDeleted = counter(
                registry,
                "weir_alerting_edge_times_deleted_total",
                "Rows of minutes, hours and days of edges deleted early, because there were too many.");
        baselinesDeleted = counter(
                registry,
                "weir_alerting_baselines_deleted_total",
                "Baselines deleted to make room for others, those that changed longest ago first.");
        notifications = counter(
                registry,
                "weir_alerting_notifications_total",
                "Notifications by result: delivered, partly (some recipients do not have it yet, or are refused for good), rejected, deleted (because the receiver is not configured any more; the label receiver is unconfigured then).",
                "receiver",
                "result");
        notificationRetries = counter(
                registry,
                "weir_alerting_notification_retries_total",
                "Attempts to deliver a notification that failed and will be repeated.",
                "receiver");
        attempts = counter(
                registry,
                "weir_alerting_notification_attempts_total",
                "Attempts to deliver a notification.",
                "receiver",
                "kind");
        digested = counter(
                registry,
                "weir_alerting_notifications_digested_total",
                "Notifications that digests saved sending by themselves, all but one of each digest, since twenty or more were due for the receiver at once; this is decided at delivery, and no reason of weir_alerting_notify_decisions_total.",
                "receiver");
        notifyDecisions = counter(
                registry,
                "weir_alerting_notify_decisions_total",
                "Decisions whether to notify a group of alerts. Reasons to notify: new, grown, reopened, raised, unsnoozed, resolved, resolved_in_part, repeated. Reasons not to: muted, snoozed, repeat_queued, never_notified, unchanged.",
                "reason");
        schedulerFailures = counter(
                registry,
                "weir_alerting_scheduler_failures_total",
                "Runs of the notification scheduler that failed and were repeated.");
        contextRejected = counter(
                registry,
                "weir_alerting_context_rejected_total",
                "Records of weir.context that could not be read as context changes.");
        contextObjects = Gauge.build(
                        "weir_alerting_context_objects",
                        "Objects of the cluster that alerting holds to explain policies.")
                .register(registry);
        listeners = Gauge.build("weir_alerting_listeners", "Open streams of GET /api/v1/events.")
                .register(registry);
        listenersGone = counter(
                registry,
                "weir_alerting_listeners_closed_total",
                "Streams of GET /api/v1/events that ended, or were closed because the client did not read.");
        decisions = counter(
                registry, "weir_alerting_decisions_total", "Decisions of people published to weir.feedback.", "action");
        feedbackRejected = counter(
                registry,
                "weir_alerting_feedback_rejected_total",
                "Records of weir.feedback that could not be read as decisions.");
        feedbackRetries = counter(
                registry,
                "weir_alerting_feedback_retries_total",
                "Attempts to publish decisions that failed and were repeated.");
        decisionLatency = Histogram.build(
                        "weir_alerting_decision_latency_seconds",
                        "Time from the first alert of an incident to the first action of a person on it.")
                .buckets(60, 300, 900, 3_600, 4 * 3_600, 24 * 3_600, 7 * 24 * 3_600)
                .register(registry);
        connectionsClosed = counter(
                registry,
                "weir_alerting_http_connections_closed_total",
                "Connections of the API closed by the server: too many of one address (address), or a request not complete in time (slow).",
                "reason");
        refused = counter(
                registry,
                "weir_alerting_http_refused_total",
                "HTTP requests refused for their token, role or rate, or since another site made them.",
                "reason");
        incidentsDeleted = counter(
                registry,
                "weir_alerting_incidents_deleted_total",
                "Incidents deleted after alerting.retention, or to make room for others.");
        receiverUnavailable = Gauge.build(
                        "weir_alerting_receiver_unavailable",
                        "1 while several attempts in a row have failed at the receiver, else 0.")
                .labelNames("receiver")
                .register(registry);
        outboxWaiting = Gauge.build("weir_alerting_outbox_waiting", "Notifications that are not delivered yet.")
                .labelNames("receiver")
                .register(registry);
        outboxOldest = Gauge.build(
                        "weir_alerting_outbox_oldest_seconds",
                        "Age of the oldest notification that is not delivered yet.")
                .labelNames("receiver")
                .register(registry);
        requests = counter(registry, "weir_alerting_http_requests_total", "HTTP requests answered.", "route", "status");
    }

    /** Registers a receiver, so that its gauges exist before its first notification. */
    public void receiver(String name) {
        receivers.add(name);
        receiverUnavailable.labels(name).set(0);
        outboxWaiting.labels(name).set(0);
        outboxOldest.labels(name).set(0);
    }

    /**
     * Sets the outbox gauges of all receivers.
     *
     * @param depths waiting notifications; receivers without any are absent
     */
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
