package dev.weir.analytics.detector;

/** The key of a detector's state: a detector sees the activities of one such key together. */
public enum DetectorScope {
    SOURCE,
    /** Source, destination, protocol and port. */
    EDGE,
    DESTINATION
}
