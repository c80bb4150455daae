package dev.weir.policy.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;

/**
 * A policy that is not enforced, and says what would be.
 *
 * @param isRemoval true if it stands for the removal of the policy
 * @param kind that of the policy that it stands for
 * @param object the policy that it stands for, as the API would have it
 */
public record StagedPolicy(boolean isRemoval, String kind, JsonNode object) {
    /** Returns the policies as they would be with this one enforced. */
    public PolicySet in(PolicySet policies, ClusterFacts facts) {
        PolicySet staged = policies;
        for (Policy policy : Dialects.inForce(kind, object, facts).policies()) {
            staged = isRemoval ? staged.without(policy.ref()) : staged.with(policy);
        }
        return staged;
    }
}
