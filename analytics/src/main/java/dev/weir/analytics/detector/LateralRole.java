package dev.weir.analytics.detector;

/** The part that an alert can have in a chain of incidents, see {@code lateral-movement}. */
public enum LateralRole {
    /** The alert suggests that its destination is compromised. */
    ENTERING,
    /** The alert shows that its actor, if it is compromised, moves on. */
    MOVING
}
