package dev.weir.model;

import java.util.Locale;

/** The side of the connection that reported the flow: EGRESS at its source, INGRESS at its destination. */
public enum Direction {
    INGRESS,
    EGRESS;

    /** The id in policies, patches and messages. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
