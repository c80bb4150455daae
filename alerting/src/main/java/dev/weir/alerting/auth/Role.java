package dev.weir.alerting.auth;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** The roles of callers; each includes the ones before it. */
public enum Role {
    /** Reads everything within the caller's scope. */
    @JsonProperty("viewer")
    VIEWER,
    /** Acts on incidents and decides on alerts. */
    @JsonProperty("analyst")
    ANALYST,
    /** Decides on workloads, and suppresses alerts. */
    @JsonProperty("admin")
    ADMIN;

    /** The id in files and messages. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** True if this role is the other one or above it. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
