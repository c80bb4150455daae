package dev.weir.alerting.incident;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * What somebody does about an incident.
 *
 * @param by who
 * @param reason why; for a {@link Action#NOTE} the note
 * @param assignee to whom; null to nobody
 * @param untilMs until when it is snoozed
 */
public record IncidentChange(
        Action action,
        String by,
        @Nullable String reason,
        @Nullable String assignee,
        @Nullable Long untilMs) {
    /** What there is to do. */
    public enum Action {
        @JsonProperty("acknowledge")
        ACKNOWLEDGE,
        @JsonProperty("resolve")
        RESOLVE,
        /** A false alarm: the baseline learns what its alerts are about. */
        @JsonProperty("expect")
        EXPECT,
        @JsonProperty("reopen")
        REOPEN,
        @JsonProperty("snooze")
        SNOOZE,
        @JsonProperty("unsnooze")
        UNSNOOZE,
        @JsonProperty("assign")
        ASSIGN,
        @JsonProperty("note")
        NOTE
    }
}
