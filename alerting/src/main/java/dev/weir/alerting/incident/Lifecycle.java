package dev.weir.alerting.incident;

import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How incidents go from state to state. */
public final class Lifecycle {
    private static final int LONGEST_TITLE = 1_000;
    /** What is to be silent for longer is expected, or suppressed. */
    private static final Duration LONGEST_SNOOZE = Duration.ofDays(366);

    private Lifecycle() {}

    /** An incident after something, and what the timeline has to say of it; nothing when nothing has changed. */
    public record Transition(
            Incident incident,
            Optional<Kind> kind,
            @Nullable String detail) {}

    /**
     * What an alert makes of the incident that it belongs to. One that was resolved comes back with anything new; one that
     * was expected with another alert only, for what was expected has been said to go on.
     *
     * @param before null when it is the first
     * @param isNew whether the incident did not have the alert
     * @param isRaised whether it is more severe than it was
     */
    public static Transition absorbed(
            @Nullable Incident before, Alert alert, boolean isNew, boolean isRaised, long nowMs) {
        if (before == null) {
            return new Transition(first(alert, nowMs), Optional.of(Kind.OPENED), alert.title());
        }
        boolean comesBack = !alert.isUnreported()
                && (before.status() == IncidentStatus.RESOLVED
                                && (isNew || isRaised || alert.lastSeenMs() > before.lastSeenMs())
                        || before.status() == IncidentStatus.EXPECTED && isNew);
        boolean isWorse = alert.severity().compareTo(before.severity()) > 0;
        Severity severity = before.severity().max(alert.severity());
        Incident after = new Incident(
                before.id(),
                comesBack || isNew || isWorse ? before.version() + 1 : before.version(),
                comesBack ? IncidentStatus.OPEN : before.status(),
                severity,
                isWorse ? title(alert) : before.title(),
                before.cluster(),
                before.namespace(),
                before.assignee(),
                before.snoozedUntilMs(),
                before.alerts() + (isNew ? 1 : 0),
                before.unreported() && alert.isUnreported(),
                Math.min(before.firstSeenMs(), alert.firstSeenMs()),
                Math.max(before.lastSeenMs(), alert.lastSeenMs()),
                comesBack ? nowMs : before.changedMs());
        if (comesBack) {
            return new Transition(after, Optional.of(Kind.REOPENED), alert.title());
        }
        if (isWorse) {
            return new Transition(after, Optional.of(Kind.RAISED), "to " + severity.word() + ": " + alert.title());
        }
        return isNew
                ? new Transition(after, Optional.of(Kind.ALERT), alert.title())
                : new Transition(after, Optional.empty(), null);
    }

    /** The same, of which people are to be told again. */
    public static Incident awake(Incident incident, long nowMs) {
        return incident.of(incident.assignee(), null, nowMs);
    }

    private static Incident first(Alert alert, long nowMs) {
        return new Incident(
                idOf(alert),
                1,
                IncidentStatus.OPEN,
                alert.severity(),
                title(alert),
                alert.cluster(),
                alert.namespace(),
                null,
                null,
                1,
                alert.isUnreported(),
                alert.firstSeenMs(),
                alert.lastSeenMs(),
                nowMs);
    }

    /** The incident that an alert belongs to. */
    public static String idOf(Alert alert) {
        String incident = alert.incident();
        return incident == null ? alert.id() : incident;
    }

    /** What an incident is called after an alert. */
    public static String title(Alert alert) {
        String title = alert.title();
        return title.length() <= LONGEST_TITLE ? title : title.substring(0, LONGEST_TITLE);
    }

    /**
     * What a person's action makes of an incident.
     *
     * @throws ImpossibleChangeException when it cannot be done in that state
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
                                before.of(before.assignee(), null, nowMs), Optional.of(Kind.UNSNOOZED), reason);
            case ASSIGN ->
                new Transition(
                        before.of(change.assignee(), before.snoozedUntilMs(), nowMs),
                        Optional.of(Kind.ASSIGNED),
                        join(change.assignee() == null ? "to no one" : "to " + change.assignee(), reason));
            case NOTE -> {
                if (reason == null || reason.isBlank()) {
                    throw new ImpossibleChangeException("a note needs a text: give 'reason'");
                }
                yield new Transition(
                        before.of(before.assignee(), before.snoozedUntilMs(), nowMs), Optional.of(Kind.NOTE), reason);
            }
        };
    }

    /**
     * What it makes of an incident that somebody has said what one of its alerts is. One that was expected is none any more when
     * one of them is right, or when nobody says any more that it is a false alarm.
     */
    public static Transition judged(Incident before, boolean isExpected, String detail, long nowMs) {
        if (!isExpected && before.status() == IncidentStatus.EXPECTED) {
            return new Transition(before.in(IncidentStatus.OPEN, nowMs), Optional.of(Kind.REOPENED), detail);
        }
        return new Transition(
                before.of(before.assignee(), before.snoozedUntilMs(), nowMs),
                Optional.of(isExpected ? Kind.EXPECTED : Kind.NOTE),
                detail);
    }

    private static Transition to(
            Incident before, IncidentStatus status, Kind kind, @Nullable String reason, long nowMs) {
        if (before.status() == status) {
            return new Transition(before, Optional.empty(), null);
        }
        boolean isOver = !before.status().isActive();
        if (isOver && status != IncidentStatus.OPEN && status != IncidentStatus.EXPECTED) {
            throw new ImpossibleChangeException(
                    "the incident is " + before.status().word() + "; reopen it first");
        }
        if (status == IncidentStatus.OPEN && before.status() == IncidentStatus.ACKNOWLEDGED) {
            throw new ImpossibleChangeException("the incident is acknowledged, so there is nothing to reopen");
        }
        return new Transition(before.in(status, nowMs), Optional.of(kind), reason);
    }

    private static Transition snoozed(Incident before, IncidentChange change, long nowMs) {
        Long until = change.untilMs();
        if (until == null || until <= nowMs) {
            throw new ImpossibleChangeException("'until_ms' must be a time to come, in milliseconds since 1970");
        }
        if (until - nowMs > LONGEST_SNOOZE.toMillis()) {
            throw new ImpossibleChangeException("'until_ms' must be within " + LONGEST_SNOOZE.toDays() + " days");
        }
        if (!before.status().isActive()) {
            throw new ImpossibleChangeException(
                    "the incident is " + before.status().word() + ", so no notifications are sent about it anyway");
        }
        return new Transition(
                before.of(before.assignee(), until, nowMs),
                Optional.of(Kind.SNOOZED),
                join("until " + Instant.ofEpochMilli(until), change.reason()));
    }

    private static String join(String what, @Nullable String reason) {
        return reason == null || reason.isBlank() ? what : what + ": " + reason;
    }
}
