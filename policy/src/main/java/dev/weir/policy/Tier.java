package dev.weir.policy;

/** The tiers in which policies are asked, first to last; the first that decides is final. */
public enum Tier {
    /** Rules in order of priority; the first that matches decides. */
    ADMIN,
    /** Policies of a namespace: selection isolates the pod, and any rule of any of them allows. */
    NAMESPACE,
    /** As {@link #ADMIN}, asked only where no policy of a namespace selects the pod. */
    BASELINE
}
