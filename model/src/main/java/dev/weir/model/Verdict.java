package dev.weir.model;

/** What the network did with a flow, in Hubble's words. */
public enum Verdict {
    FORWARDED,
    DROPPED,
    AUDIT,
    ERROR,
    /** The source of the record cannot tell. */
    UNKNOWN
}
