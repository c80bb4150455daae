package dev.weir.policy.dialect.calico;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.policy.dialect.StagedPolicy;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the staged kinds of Calico, each the policy of another kind with a {@code stagedAction}. */
final class CalicoStaged {
    private static final String OF_KUBERNETES = "StagedKubernetesNetworkPolicy";
    private static final Map<String, String> KINDS = Map.of(
            "StagedNetworkPolicy",
            "NetworkPolicy",
            "StagedGlobalNetworkPolicy",
            "GlobalNetworkPolicy",
            OF_KUBERNETES,
            "NetworkPolicy");

    private CalicoStaged() {}

    static Set<String> kinds() {
        return KINDS.keySet();
    }

    /** Returns the policy that a staged one stands for; null for one that Calico ignores. */
    static @Nullable StagedPolicy read(String kind, JsonNode staged) {
        String action = staged.path("spec").path("stagedAction").asText("Set");
        boolean isRemoval = action.equals("Delete");
        if (!isRemoval && !action.equals("Set")) {
            return null;
        }
        String enforced = KINDS.getOrDefault(kind, kind);
        ObjectNode object = staged.deepCopy();
        object.put("kind", enforced);
        if (kind.equals(OF_KUBERNETES)) {
            object.put("apiVersion", "networking.k8s.io/v1");
        }
        if (object.path("spec") instanceof ObjectNode spec) {
            spec.remove("stagedAction");
        }
        return new StagedPolicy(isRemoval, enforced, object);
    }
}
