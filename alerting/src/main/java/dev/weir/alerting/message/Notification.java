package dev.weir.alerting.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.Lifecycle;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A message to a receiver about a group of alerts.
 *
 * @param id the same when the notification is sent again
 * @param groupKey the same for all notifications of one group
 * @param groupLabels the labels that the alerts of the group share
 * @param incidents the incidents of the alerts, at most {@value #MAX_INCIDENTS}
 * @param alerts open alerts, the worst first, at most {@value #MAX_ALERTS}
 * @param resolved alerts that are over, at most as many
 * @param more number of further alerts
 * @param title in place of the notifier's title; null to keep it
 * @param text in place of the text below the title; null to keep it
 * @param notifications number of notifications in this one; more than one in a {@link Kind#DIGEST}
 */
public record Notification(
        String id,
        Kind kind,
        String receiver,
        String groupKey,
        Map<String, String> groupLabels,
        List<Incident> incidents,
        List<Alert> alerts,
        List<Alert> resolved,
        int more,
        int notifications,
        long atMs,
        @Nullable String title,
        @Nullable String text) {
    public static final int MAX_ALERTS = 20;
    private static final int MAX_INCIDENTS = 2 * MAX_ALERTS + 1;

    /** The kinds of notifications. */
    public enum Kind {
        @JsonProperty("firing")
        FIRING,
        /** An alert of a notified group is new or has changed. */
        @JsonProperty("updated")
        UPDATED,
        /** No alert has changed, and some are still open. */
        @JsonProperty("repeated")
        REPEATED,
        @JsonProperty("resolved")
        RESOLVED,
        /** Many notifications as one, since the receiver does not accept as many singly. */
        @JsonProperty("digest")
        DIGEST,
        /** A person tests the receiver. */
        @JsonProperty("test")
        TEST
    }

    /** Begins a notification without incidents, alerts and texts. Its receiver and group are required. */
    public static Builder builder(String id, Kind kind) {
        return new Builder(id, kind);
    }

    /** Returns a builder that holds the components of this notification. */
    public Builder toBuilder() {
        Builder builder = new Builder(id, kind);
        builder.receiver = receiver;
        builder.groupKey = groupKey;
        builder.groupLabels = groupLabels;
        builder.incidents = incidents;
        builder.alerts = alerts;
        builder.resolved = resolved;
        builder.more = more;
        builder.notifications = notifications;
        builder.atMs = atMs;
        builder.title = title;
        builder.text = text;
        return builder;
    }

    /** Returns the same notification with other texts. */
    public Notification saying(@Nullable String otherTitle, @Nullable String otherText) {
        return toBuilder().title(otherTitle).text(otherText).build();
    }

    /** The worst severity of its alerts. */
    public Severity severity() {
        return Stream.concat(alerts.stream(), resolved.stream())
                .map(Alert::severity)
                .reduce(Severity.LOW, Severity::max);
    }

    /** The only incident; null when there are several. */
    public @Nullable Incident incident() {
        return incidents.size() == 1 ? incidents.get(0) : null;
    }

    /** The number of all alerts, shown or not. */
    public int size() {
        return alerts.size() + resolved.size() + more;
    }

    /** The headline: the kind and the subject in a line, the same for every receiver that people read. */
    public String headline() {
        return switch (kind) {
            case FIRING -> subject();
            case UPDATED -> "Update: " + subject();
            case REPEATED -> "Still open: " + subject();
            case RESOLVED -> closing() + ": " + subject();
            case DIGEST -> size() + " alerts in " + notifications + " notifications, the worst: " + first().title();
            case TEST -> "Test: " + subject();
        };
    }

    /**
     * The title of the template, that of the only alert or incident, or of the worst alert with the number of the
     * others.
     */
    public String subject() {
        String chosen = title;
        Incident only = incident();
        if (chosen != null) {
            return chosen;
        }
        String first = first().title();
        if (size() == 1) {
            return first;
        }
        return only == null ? first + " and " + (size() - 1) + " more" : only.title();
    }

    /** The worst of the open alerts, or of those that are over when none is open. */
    public Alert first() {
        return alerts.isEmpty() ? resolved.get(0) : alerts.get(0);
    }

    /** The word for the end of an alert: a person called it expected, or it is resolved. */
    public String closing(Alert over) {
        return isExpected(over) ? "False alarm" : "Resolved";
    }

    /** True if a person called the incident of an alert expected. */
    public boolean isExpected(Alert alert) {
        return incidents.stream()
                .filter(incident -> incident.id().equals(Lifecycle.idOf(alert)))
                .anyMatch(incident -> incident.status() == IncidentStatus.EXPECTED);
    }

    private String closing() {
        Set<String> words = resolved.stream().map(this::closing).collect(Collectors.toSet());
        return words.size() == 1 ? words.iterator().next() : "Resolved";
    }

    /** Joins several notifications into a digest. */
    public static Notification digest(List<Notification> all) {
        Notification first = all.get(0);
        Map<String, Incident> incidents = new TreeMap<>();
        Map<String, Alert> firing = new TreeMap<>();
        Map<String, Alert> resolved = new TreeMap<>();
        int more = 0;
        for (Notification each : all) {
            each.incidents().forEach(incident -> incidents.put(incident.id(), incident));
            each.alerts().forEach(alert -> {
                firing.put(alert.id(), alert);
                resolved.remove(alert.id());
            });
            each.resolved().forEach(alert -> {
                resolved.put(alert.id(), alert);
                firing.remove(alert.id());
            });
            more += each.more();
        }
        List<Alert> worst = worst(firing.values());
        List<Alert> over = worst(resolved.values());
        return builder(first.id() + "+" + (all.size() - 1), Kind.DIGEST)
                .receiver(first.receiver())
                .groupKey(first.groupKey())
                .incidents(bounded(incidents, Stream.concat(worst.stream(), over.stream())))
                .alerts(worst)
                .resolved(over)
                .more(more + firing.size() - worst.size() + resolved.size() - over.size())
                .notifications(all.size())
                .atMs(all.get(all.size() - 1).atMs())
                .build();
    }

    /** A bounded number of incidents, those of shown alerts first; more than one remains if there are several. */
    public static List<Incident> bounded(Map<String, Incident> all, Stream<Alert> shown) {
        return Stream.concat(shown.map(alert -> all.get(Lifecycle.idOf(alert))), all.values().stream())
                .filter(Objects::nonNull)
                .distinct()
                .limit(MAX_INCIDENTS)
                .toList();
    }

    private static List<Alert> worst(Collection<Alert> alerts) {
        return alerts.stream()
                .sorted(Comparator.comparing(Alert::severity).reversed().thenComparing(Alert::id))
                .limit(MAX_ALERTS)
                .toList();
    }

    /** Builds a notification component by component. For one thread. */
    public static final class Builder {
        private final String id;
        private Kind kind;
        private @Nullable String receiver;
        private @Nullable String groupKey;
        private Map<String, String> groupLabels = Map.of();
        private List<Incident> incidents = List.of();
        private List<Alert> alerts = List.of();
        private List<Alert> resolved = List.of();
        private int more;
        private int notifications = 1;
        private long atMs;
        private @Nullable String title;
        private @Nullable String text;

        private Builder(String id, Kind kind) {
            this.id = id;
            this.kind = kind;
        }

        public Builder kind(Kind value) {
            kind = value;
            return this;
        }

        public Builder receiver(String value) {
            receiver = value;
            return this;
        }

        public Builder groupKey(String value) {
            groupKey = value;
            return this;
        }

        public Builder groupLabels(Map<String, String> value) {
            groupLabels = value;
            return this;
        }

        public Builder incidents(List<Incident> value) {
            incidents = value;
            return this;
        }

        public Builder alerts(List<Alert> value) {
            alerts = value;
            return this;
        }

        public Builder resolved(List<Alert> value) {
            resolved = value;
            return this;
        }

        public Builder more(int value) {
            more = value;
            return this;
        }

        public Builder notifications(int value) {
            notifications = value;
            return this;
        }

        public Builder atMs(long value) {
            atMs = value;
            return this;
        }

        public Builder title(@Nullable String value) {
            title = value;
            return this;
        }

        public Builder text(@Nullable String value) {
            text = value;
            return this;
        }

        /** Builds the notification. */
        public Notification build() {
            return new Notification(
                    id,
                    kind,
                    Objects.requireNonNull(receiver, "receiver"),
                    Objects.requireNonNull(groupKey, "groupKey"),
                    groupLabels,
                    incidents,
                    alerts,
                    resolved,
                    more,
                    notifications,
                    atMs,
                    title,
                    text);
        }
    }
}
