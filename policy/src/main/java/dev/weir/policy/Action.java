package dev.weir.policy;

/** The effect of a rule on the traffic that it matches. */
public enum Action {
    /** {@code Allow} of v1alpha1, {@code Accept} of v1alpha2, and the effect of every rule of a NetworkPolicy. */
    ALLOW,
    DENY,
    /** Leaves the tier undecided; its later rules are not consulted. */
    PASS
}
