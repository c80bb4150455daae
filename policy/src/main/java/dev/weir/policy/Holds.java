package dev.weir.policy;

/** The answer to the question whether a clause holds for the traffic. */
public enum Holds {
    YES,
    NO,
    /** The known properties of the traffic do not decide it. */
    UNKNOWN;

    /** Combines two clauses that must both hold. */
    public Holds and(Holds other) {
        if (this == NO || other == NO) {
            return NO;
        }
        return this == YES ? other : this;
    }

    /** Combines two clauses of which one must hold. */
    public Holds or(Holds other) {
        if (this == YES || other == YES) {
            return YES;
        }
        return this == NO ? other : this;
    }

    /** The opposite; unknown stays so. */
    public Holds negated() {
        return switch (this) {
            case YES -> NO;
            case NO -> YES;
            case UNKNOWN -> UNKNOWN;
        };
    }

    public static Holds of(boolean holds) {
        return holds ? YES : NO;
    }
}
