package dev.weir.model;

/** The side of the connection that reported the flow: EGRESS at its source, INGRESS at its destination. */
public enum Direction {
    INGRESS,
    EGRESS
}
