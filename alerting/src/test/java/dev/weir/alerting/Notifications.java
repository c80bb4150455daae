package dev.weir.alerting;

import static dev.weir.alerting.Alerts.alert;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.message.Notification.Kind;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Notifications to test notifiers with: of one incident {@code i}, at one time. */
public final class Notifications {
    /** The time of each notification, in milliseconds. */
    public static final long NOW = 1_790_000_000_000L;

    public static final InstantSource CLOCK = () -> Instant.ofEpochMilli(NOW);
    public static final String WEIR = "https://weir.example";
    public static final Links LINKS = Links.to(WEIR);

    private Notifications() {}

    /** A notification of the open alert {@code a}. */
    public static Notification firing() {
        return firing(alert("a", 1, Severity.HIGH, 30));
    }

    /** A notification of one open alert. */
    public static Notification firing(Alert alert) {
        return notification(Kind.FIRING, List.of(alert), List.of(), 0);
    }

    /** A notification of the end of alert {@code a}. */
    public static Notification resolved() {
        return resolved(alert("a", 1, Severity.HIGH, 30));
    }

    /** A notification of the end of one alert. */
    public static Notification resolved(Alert alert) {
        return notification(Kind.RESOLVED, List.of(), List.of(alert), 0);
    }

    /** An update with as many alerts as a notification holds, and {@code more} that it counts. */
    public static Notification updatedWithMany(int more) {
        List<Alert> many = IntStream.range(0, Notification.MAX_ALERTS)
                .mapToObj(i -> alert("a" + i, 1, Severity.HIGH, 30))
                .toList();
        return notification(Kind.UPDATED, many, List.of(), more);
    }

    private static Notification notification(Kind kind, List<Alert> alerts, List<Alert> resolved, int more) {
        Incident incident = Incident.builder("i")
                .status(kind == Kind.RESOLVED ? IncidentStatus.RESOLVED : IncidentStatus.OPEN)
                .severity(Severity.HIGH)
                .title("shop/web does what it must not")
                .namespace("shop")
                .alerts(alerts.size() + resolved.size() + more)
                .firstSeenMs(1)
                .lastSeenMs(30)
                .changedMs(NOW)
                .build();
        return Notification.builder("group-1", kind)
                .receiver("r")
                .groupKey("group")
                .groupLabels(Map.of("incident", "i"))
                .incidents(List.of(incident))
                .alerts(alerts)
                .resolved(resolved)
                .more(more)
                .atMs(NOW)
                .build();
    }
}
