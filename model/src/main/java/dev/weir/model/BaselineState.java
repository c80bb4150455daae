package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a baseline can be relied on. */
public enum BaselineState {
    /** Too much is still unseen: nothing is reported. */
    @JsonProperty("learning")
    LEARNING,
    /** Little is: what is new is reported with low confidence. */
    @JsonProperty("stable")
    STABLE,
    /** Hardly anything is. */
    @JsonProperty("watching")
    WATCHING
}
