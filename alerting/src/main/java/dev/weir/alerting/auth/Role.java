package dev.weir.alerting.auth;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What somebody may, each with all that the one before may. */
public enum Role {
    /** Look. */
    @JsonProperty("viewer")
    VIEWER,
    /** Deal with incidents and decide on alerts. */
    @JsonProperty("analyst")
    ANALYST,
    /** Decide on workloads: what is suppressed, learned anew or locked. */
    @JsonProperty("admin")
    ADMIN;

    /** The word in files and messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean may(Role needed) {
        return compareTo(needed) >= 0;
    }
}
