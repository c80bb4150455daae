package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** The urgency of an alert, in ascending order. The same words describe the impact: the harm if the alert is right. */
public enum Severity {
    @JsonProperty("low")
    LOW,
    @JsonProperty("medium")
    MEDIUM,
    @JsonProperty("high")
    HIGH,
    @JsonProperty("critical")
    CRITICAL;

    /**
     * Returns the severity for an impact and a confidence. A low impact counts a quarter, medium a half, high three
     * quarters and critical 1; times the confidence, from 0.3 the product is medium, from 0.5 high and from 0.8
     * critical.
     *
     * @param confidence 0 to 1
     */
    public static Severity of(Severity impact, double confidence) {
        double product = (impact.ordinal() + 1) / 4.0 * confidence;
        if (product >= 0.8) {
            return CRITICAL;
        }
        if (product >= 0.5) {
            return HIGH;
        }
        return product >= 0.3 ? MEDIUM : LOW;
    }

    /** The id in JSON, configuration and metrics. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the worse of two. */
    public Severity max(Severity other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
