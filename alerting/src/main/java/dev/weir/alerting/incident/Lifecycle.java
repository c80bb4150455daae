package dev.weir.alerting.incident;

import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.common.Text;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state machine of incidents. */
public final class Lifecycle {
    private static final int LONGEST_TITLE = 1_000;
    /** Longest snooze; a longer silence needs the status expected, or a suppression. */
    private static final Duration LONGEST_SNOOZE = Duration.ofDays(366);

    private Lifecycle() {}

    /**
     * The incident after an event.
     *
     * @param kind kind of the timeline entry; empty if there is nothing to record
     * @param detail text of the timeline entry
     */
    public record Transition(
            Incident incident,
            Optional<Kind> kind,
            @Nullable String detail) {}

    /**
     * Applies an alert to its incident. Any new information reopens a resolved incident. Only a further alert reopens
     * an expected one, since its alerts are expected to go on.
     *
     * @param before null for the first alert
     * @param isNew true if the alert was not part of the incident
     * @param isRaised true if the alert's severity has risen
     */
    public static Transition absorbed(
            @Nullable Incident before, Alert alert, boolean isNew, boolean isRaised, long nowMs) {
        if (before == null) {
            return new Transition(first(alert, nowMs), Optional.of(Kind.OPENED), alert.title());
        }
        boolean reopens = !alert.isUnreported()
                && (before.status() == IncidentStatus.RESOLVED
                                && (isNew || isRaised || alert.lastSeenMs() > before.lastSeenMs())
                        || before.status() == IncidentStatus.EXPECTED && isNew);
        boolean isWorse = alert.severity().compareTo(before.severity()) > 0;
        Severity severity = before.severity().max(alert.severity());
        Incident after = before.toBuilder()
                .version(reopens || isNew || isWorse ? before.version() + 1 : before.version())
                .status(reopens ? IncidentStatus.OPEN : before.status())
                .severity(severity)
                .title(isWorse ? title(alert) : before.title())
                .alerts(before.alerts() + (isNew ? 1 : 0))
                .unreported(before.unreported() && alert.isUnreported())
                .firstSeenMs(Math.min(before.firstSeenMs(), alert.firstSeenMs()))
                .lastSeenMs(Math.max(before.lastSeenMs(), alert.lastSeenMs()))
                .changedMs(reopens ? nowMs : before.changedMs())
                .build();
        if (reopens) {
            return new Transition(after, Optional.of(Kind.REOPENED), alert.title());
        }
        if (isWorse) {
            return new Transition(after, Optional.of(Kind.RAISED), "to " + severity.id() + ": " + alert.title());
        }
        return isNew
                ? new Transition(after, Optional.of(Kind.ALERT), alert.title())
                : new Transition(after, Optional.empty(), null);
    }

    /** A copy without the snooze. */
    public static Incident unsnoozed(Incident incident, long nowMs) {
        return incident.next(nowMs).snoozedUntilMs(null).build();
    }

    private static Incident first(Alert alert, long nowMs) {
        return Incident.builder(idOf(alert))
                .severity(alert.severity())
                .title(title(alert))
                .cluster(alert.cluster())
                .namespace(alert.namespace())
                .unreported(alert.isUnreported())
                .firstSeenMs(alert.firstSeenMs())
                .lastSeenMs(alert.lastSeenMs())
                .changedMs(nowMs)
                .build();
    }

    /** The id of the incident that an alert belongs to. */
    public static String idOf(Alert alert) {
        String incident = alert.incident();
        return incident == null ? alert.id() : incident;
    }

    /** The title of an incident that an alert gives it, cut to the length of the column. */
    public static String title(Alert alert) {
        String title = alert.title();
        return Text.cut(title, LONGEST_TITLE, "");
    }

    /**
     * Applies a person's action.
     *
     * @throws ImpossibleChangeException if the incident's status does not permit the action
     */
    public static Transition changed(Incident before, IncidentChange change, long nowMs) {
        String reason = change.reason();
        return switch (change.action()) {
            case ACKNOWLEDGE -> to(before, IncidentStatus.ACKNOWLEDGED, Kind.ACKNOWLEDGED, reason, nowMs);
            case RESOLVE -> to(before, IncidentStatus.RESOLVED, Kind.RESOLVED, reason, nowMs);
            case EXPECT -> to(before, IncidentStatus.EXPECTED, Kind.EXPECTED, reason, nowMs);
            case REOPEN -> to(before, IncidentStatus.OPEN, Kind.REOPENED, reason, nowMs);
            case SNOOZE -> snoozed(before, change, nowMs);
            case UNSNOOZE ->
                before.snoozedUntilMs() == null
                        ? new Transition(before, Optional.empty(), null)
                        : new Transition(
                                before.next(nowMs).snoozedUntilMs(null).build(), Optional.of(Kind.UNSNOOZED), reason);
            case ASSIGN ->
                new Transition(
                        before.next(nowMs).assignee(change.assignee()).build(),
                        Optional.of(Kind.ASSIGNED),
                        join(change.assignee() == null ? "to no one" : "to " + change.assignee(), reason));
            case NOTE -> {
                if (reason == null || reason.isBlank()) {
                    throw new ImpossibleChangeException("a note needs a text: give 'reason'");
                }
                yield new Transition(before.next(nowMs).build(), Optional.of(Kind.NOTE), reason);
            }
        };
    }

    /**
     * Applies a decision on one of the incident's alerts. An expected incident reopens when one of its alerts is not
     * expected, or when the decision that it was expected is undone.
     */
    public static Transition decided(Incident before, boolean isExpected, String detail, long nowMs) {
        if (!isExpected && before.status() == IncidentStatus.EXPECTED) {
            return new Transition(before.in(IncidentStatus.OPEN, nowMs), Optional.of(Kind.REOPENED), detail);
        }
        return new Transition(before.next(nowMs).build(), Optional.of(isExpected ? Kind.EXPECTED : Kind.NOTE), detail);
    }

    private static Transition to(
            Incident before, IncidentStatus status, Kind kind, @Nullable String reason, long nowMs) {
        if (before.status() == status) {
            return new Transition(before, Optional.empty(), null);
        }
        boolean isOver = !before.status().isActive();
        if (isOver && status != IncidentStatus.OPEN && status != IncidentStatus.EXPECTED) {
            throw new ImpossibleChangeException(
                    "the incident is " + before.status().id() + "; reopen it first");
        }
        if (status == IncidentStatus.OPEN && before.status() == IncidentStatus.ACKNOWLEDGED) {
            throw new ImpossibleChangeException("the incident is acknowledged, so there is nothing to reopen");
        }
        return new Transition(before.in(status, nowMs), Optional.of(kind), reason);
    }

    private static Transition snoozed(Incident before, IncidentChange change, long nowMs) {
        Long until = change.untilMs();
        if (until == null || until <= nowMs) {
            throw new ImpossibleChangeException("'until_ms' must be in the future, in milliseconds since 1970");
        }
        if (until - nowMs > LONGEST_SNOOZE.toMillis()) {
            throw new ImpossibleChangeException("'until_ms' must be within " + LONGEST_SNOOZE.toDays() + " days");
        }
        if (!before.status().isActive()) {
            throw new ImpossibleChangeException(
                    "the incident is " + before.status().id() + ", so no notifications are sent about it anyway");
        }
        return new Transition(
                before.next(nowMs).snoozedUntilMs(until).build(),
                Optional.of(Kind.SNOOZED),
                join("until " + Instant.ofEpochMilli(until), change.reason()));
    }

    private static String join(String event, @Nullable String reason) {
        return reason == null || reason.isBlank() ? event : event + ": " + reason;
    }
}
