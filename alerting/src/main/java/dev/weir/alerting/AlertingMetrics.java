package dev.weir.alerting;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** Every metric of alerting. {@code docs/reference/metrics.md} lists them and a test holds it to this class. */
public final class AlertingMetrics {
    public final Counter alertsReceived;
    public final Counter alertsApplied;
    public final Counter alertsRejected;
    public final Counter intakeRetries;
    public final Counter notifications;
    public final Counter notificationRetries;
    public final Gauge outboxWaiting;
    public final Counter requests;

    public AlertingMetrics(CollectorRegistry registry) {
        alertsReceived = counter(registry, "weir_alerting_alerts_received_total", "Alert revisions read from Kafka.");
        alertsApplied = counter(
                registry,
                "weir_alerting_alerts_applied_total",
                "Alert revisions by what became of them: new, updated, stale.",
                "detector",
                "result");
        alertsRejected = counter(registry, "weir_alerting_alerts_rejected_total", "Records that are no alert.");
        intakeRetries = counter(
                registry,
                "weir_alerting_intake_retries_total",
                "Batches taken again after the database or Kafka failed.");
        notifications = counter(
                registry,
                "weir_alerting_notifications_total",
                "Notifications by what became of them: delivered, rejected.",
                "target",
                "result");
        notificationRetries = counter(
                registry, "weir_alerting_notification_retries_total", "Notifications to be tried again.", "target");
        outboxWaiting = Gauge.build("weir_alerting_outbox_waiting", "Notifications that are not delivered yet.")
                .register(registry);
        requests = counter(registry, "weir_alerting_http_requests_total", "HTTP requests answered.", "route", "status");
    }

    private static Counter counter(CollectorRegistry registry, String name, String help, String... labels) {
        return Counter.build(name, help).labelNames(labels).register(registry);
    }
}
