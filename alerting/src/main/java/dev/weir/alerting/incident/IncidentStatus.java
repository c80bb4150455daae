package dev.weir.alerting.incident;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** The status of people's work on an incident. */
public enum IncidentStatus {
    /** A person has not taken the incident on yet. */
    @JsonProperty("open")
    OPEN,
    /** A person has taken the incident on. */
    @JsonProperty("acknowledged")
    ACKNOWLEDGED,
    /** The incident is over; it reopens when one of its alerts goes on. */
    @JsonProperty("resolved")
    RESOLVED,
    /** The incident was a false alarm, and the baseline learns it. */
    @JsonProperty("expected")
    EXPECTED;

    /** The id in JSON and in the database. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** True while the incident needs work of a person. */
    public boolean isActive() {
        return this == OPEN || this == ACKNOWLEDGED;
    }
}
