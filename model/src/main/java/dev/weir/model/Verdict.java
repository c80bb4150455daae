package dev.weir.model;

/** The network's treatment of a flow, in Hubble's words. */
public enum Verdict {
    FORWARDED,
    DROPPED,
    AUDIT,
    ERROR,
    /** The source of the record does not know. */
    UNKNOWN
}
