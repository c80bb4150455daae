package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** The degree to which a baseline can be relied on. */
public enum BaselineState {
    /** Much is still unseen: new behaviour is not reported. */
    @JsonProperty("learning")
    LEARNING,
    /** Little is unseen: new behaviour is reported with low confidence. */
    @JsonProperty("stable")
    STABLE,
    /** Hardly anything is unseen: new behaviour is reported. */
    @JsonProperty("watching")
    WATCHING;

    /** The id in JSON and in the database. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
