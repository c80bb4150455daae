package dev.weir.policy;

import java.util.Locale;

/** The tiers in the order of evaluation; the first that decides is final. */
public enum Tier {
    /** Rules in order of priority; the first that matches decides. */
    ADMIN,
    /** Policies of a namespace: selection isolates the pod, and any rule of any of them allows. */
    NAMESPACE,
    /** Rules in order of priority, evaluated only where no policy of a namespace selects the pod. */
    BASELINE;

    /** The id in JSON. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
