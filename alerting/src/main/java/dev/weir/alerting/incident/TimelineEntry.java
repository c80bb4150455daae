package dev.weir.alerting.incident;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An event of an incident or an action on it; the entries are its timeline.
 *
 * @param who name of the person, or {@value #WEIR}
 * @param alert id of the alert that the entry is about; null if it is about the incident
 * @param detail reason of the person, or description of the event
 */
public record TimelineEntry(
        long seq,
        String incident,
        long atMs,
        Kind kind,
        String who,
        @Nullable String alert,
        @Nullable String detail) {
    /** The name for events without a person. */
    public static final String WEIR = "weir";

    /** The kinds of entries. */
    public enum Kind {
        @JsonProperty("opened")
        OPENED,
        /** A further alert joined. */
        @JsonProperty("alert")
        ALERT,
        /** An alert exceeds the incident's severity. */
        @JsonProperty("raised")
        RAISED,
        @JsonProperty("reopened")
        REOPENED,
        @JsonProperty("acknowledged")
        ACKNOWLEDGED,
        @JsonProperty("resolved")
        RESOLVED,
        @JsonProperty("expected")
        EXPECTED,
        @JsonProperty("snoozed")
        SNOOZED,
        @JsonProperty("unsnoozed")
        UNSNOOZED,
        @JsonProperty("assigned")
        ASSIGNED,
        @JsonProperty("note")
        NOTE,
        @JsonProperty("notified")
        NOTIFIED;

        /** The id in JSON and in the database. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
