package dev.weir.model;

/** Which side of the connection reported the flow: EGRESS at its source, INGRESS at its destination. */
public enum Direction {
    INGRESS,
    EGRESS
}
