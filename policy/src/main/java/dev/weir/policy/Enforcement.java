package dev.weir.policy;

import dev.weir.model.PolicyRef;
import org.jspecify.annotations.Nullable;

/** Says which policies of a cluster no agent enforces. They still say which traffic is expected. */
@FunctionalInterface
public interface Enforcement {
    /** Every policy is enforced, as far as known. */
    Enforcement ASSUMED = policy -> null;

    /** The reason for which nothing enforces a policy, a sentence without its full stop; null for one that is. */
    @Nullable String gap(PolicyRef policy);
}
