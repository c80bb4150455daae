package dev.weir.alerting.incident;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What is being done about an incident. */
public enum IncidentStatus {
    /** Nobody has taken it on. */
    @JsonProperty("open")
    OPEN,
    /** Somebody has. */
    @JsonProperty("acknowledged")
    ACKNOWLEDGED,
    /** It is dealt with, until it comes back. */
    @JsonProperty("resolved")
    RESOLVED,
    /** It was a false alarm, and the baseline has been told. */
    @JsonProperty("expected")
    EXPECTED;

    /** The word in JSON and in the database. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether somebody still has something to do. */
    public boolean isActive() {
        return this == OPEN || this == ACKNOWLEDGED;
    }
}
