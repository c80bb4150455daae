package dev.weir.alerting.incident;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What happened to an incident, or was done about it: the audit trail.
 *
 * @param who a person, or {@value #WEIR}
 * @param alert that it is about; null when it is about all
 * @param detail why, in the person's words
 */
public record TimelineEntry(
        long seq,
        String incident,
        long atMs,
        Kind kind,
        String who,
        @Nullable String alert,
        @Nullable String detail) {
    /** Who did what no person did. */
    public static final String WEIR = "weir";

    /** What there is to tell. */
    public enum Kind {
        @JsonProperty("opened")
        OPENED,
        /** Another alert belongs to it. */
        @JsonProperty("alert")
        ALERT,
        /** One of its alerts is more severe than all were. */
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

        /** The word in JSON and in the database. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
