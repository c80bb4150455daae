package dev.weir.model;

import org.jspecify.annotations.Nullable;

/**
 * A policy and its rule that took part in a decision.
 *
 * @param namespace null for a policy of the whole cluster
 * @param rule {@code ingress[0]} for a rule that matched; {@code ingress} when the policy selects the pod and no rule
 *     matched
 */
public record PolicyRef(
        String kind,
        @Nullable String namespace,
        String name,
        @Nullable String rule) {

    /** Returns the reference to the policy itself. */
    public PolicyRef withoutRule() {
        return rule == null ? this : new PolicyRef(kind, namespace, name, null);
    }

    /** The reference as a person writes it: {@code NetworkPolicy shop/db ingress[0]}. */
    public String display() {
        return kind + " " + (namespace == null ? "" : namespace + "/") + name + (rule == null ? "" : " " + rule);
    }
}
