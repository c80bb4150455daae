package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** The decision of the policies in force about a flow, or about one side of it. */
public enum Expected {
    @JsonProperty("allow")
    ALLOW,
    @JsonProperty("deny")
    DENY,
    /** No policy selects that side, or no selecting policy has a rule about it: it is allowed by default. */
    @JsonProperty("unselected")
    UNSELECTED,
    /** The record does not hold what the decision needs. */
    @JsonProperty("unknown")
    UNKNOWN;

    /** The id in JSON and messages. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
