package dev.weir.policy;

/** Whether a clause holds for the traffic. */
public enum Holds {
    YES,
    NO,
    /** What is known of the traffic does not tell. */
    UNKNOWN;

    /** Both must hold. */
    public Holds and(Holds other) {
        if (this == NO || other == NO) {
            return NO;
        }
        return this == YES ? other : this;
    }

    /** One must hold. */
    public Holds or(Holds other) {
        if (this == YES || other == YES) {
            return YES;
        }
        return this == NO ? other : this;
    }

    public static Holds of(boolean holds) {
        return holds ? YES : NO;
    }
}
