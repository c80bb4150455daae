package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How bad it would be if the alert is right; ordered. */
public enum Severity {
    @JsonProperty("low")
    LOW,
    @JsonProperty("medium")
    MEDIUM,
    @JsonProperty("high")
    HIGH,
    @JsonProperty("critical")
    CRITICAL;

    /** The word in JSON, configuration and metrics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The worse of two. */
    public Severity max(Severity other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
