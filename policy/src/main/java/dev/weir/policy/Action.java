package dev.weir.policy;

/** What a rule does with the traffic that it matches. */
public enum Action {
    /** {@code Allow} of v1alpha1, {@code Accept} of v1alpha2, and what every rule of a NetworkPolicy does. */
    ALLOW,
    DENY,
    /** Leaves the tier undecided, whatever its later rules say. */
    PASS
}
