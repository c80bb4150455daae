package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the policies in force say about a flow, or about one side of it. */
public enum Expected {
    @JsonProperty("allow")
    ALLOW,
    @JsonProperty("deny")
    DENY,
    /** No policy selects that side, or none that does says anything: it is allowed by default. */
    @JsonProperty("unselected")
    UNSELECTED,
    /** The record does not hold what the decision needs. */
    @JsonProperty("unknown")
    UNKNOWN
}
