package dev.weir.alerting.incident;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * An action on an incident.
 *
 * @param by name of the person
 * @param reason free text; for a {@link Action#NOTE} its text
 * @param assignee new assignee; null to remove the assignee
 * @param untilMs end of the snooze
 */
public record IncidentChange(
        Action action,
        String by,
        @Nullable String reason,
        @Nullable String assignee,
        @Nullable Long untilMs) {
    /** The actions. */
    public enum Action {
        @JsonProperty("acknowledge")
        ACKNOWLEDGE,
        @JsonProperty("resolve")
        RESOLVE,
        /** A false alarm: the baseline learns the behaviour of its alerts. */
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
