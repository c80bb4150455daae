package dev.weir.analytics.detector;

/** What a detector remembers by: its activities come together for each of these. */
public enum Scope {
    SOURCE,
    /** Source, destination, protocol and port. */
    EDGE,
    DESTINATION
}
