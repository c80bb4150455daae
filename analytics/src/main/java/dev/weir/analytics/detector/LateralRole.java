package dev.weir.analytics.detector;

/** The part that an alert can have in a chain of incidents, see {@code lateral-movement}. */
public enum LateralRole {
    /** After such an alert, its destination may be compromised. */
    ENTERING,
    /** Such an alert shows that its actor, if it is compromised, moves on. */
    MOVING
}
