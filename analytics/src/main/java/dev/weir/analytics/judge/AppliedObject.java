package dev.weir.analytics.judge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.ContextChange;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Policy;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.dialect.Enforcer;
import dev.weir.policy.dialect.StagedPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a policy, or of an object to which policies refer. Versions with the same content are equal. For one
 * thread.
 */
final class AppliedObject {
    private final String kind;
    private final JsonNode object;
    private final boolean isPolicy;
    private final boolean audit;
    private final boolean refers;
    private List<Policy> compiled = List.of();
    private @Nullable Enforcer compiledFor;

    AppliedObject(String kind, JsonNode object, boolean isPolicy, boolean audit) {
        this.kind = kind;
        this.object = object;
        this.isPolicy = isPolicy;
        this.audit = audit;
        this.refers = isPolicy && Dialects.refers(kind, object);
    }

    JsonNode object() {
        return object;
    }

    String group() {
        return ContextChange.groupOf(object.path("apiVersion").asText(""));
    }

    /** True if the policy is only audited. */
    boolean audit() {
        return audit;
    }

    /** True if it is a policy that means something else in another cluster. */
    boolean refers() {
        return refers;
    }

    /** The policy that the object stages; null for another one. */
    @Nullable StagedPolicy staged() {
        return Dialects.staged(kind, object);
    }

    /**
     * Returns the policies that the object stands for; none for an object of another kind. One that refers to no other
     * object is compiled once for each enforcer.
     */
    @SuppressWarnings("ReferenceEquality") // an enforcer that is the same for all clusters is one object
    List<Policy> policies(ClusterFacts facts, Enforcer enforcer) {
        if (!isPolicy) {
            return List.of();
        }
        if (refers) {
            return Dialects.inForce(kind, object, facts).policies();
        }
        if (compiledFor != enforcer) {
            compiled = Dialects.inForce(kind, object, facts).policies();
            compiledFor = enforcer;
        }
        return compiled;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof AppliedObject that
                        && audit == that.audit
                        && kind.equals(that.kind)
                        && object.equals(that.object));
    }

    @Override
    public int hashCode() {
        return kind.hashCode() * 31 + object.hashCode();
    }
}
