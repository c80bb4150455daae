package dev.weir.policy.dialect.cilium;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.PolicyRef;
import dev.weir.model.context.DialectSettings;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.NetworkAgent;
import dev.weir.policy.Policy;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.dialect.Dialect;
import dev.weir.policy.manifest.ChangeWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Compiles the policies of Cilium, {@code cilium.io/v2}. Each rule object, {@code spec} or one of {@code specs}, is a
 * policy of its own. Refusals follow the schema of the kinds and Cilium's own validation.
 */
public final class CiliumDialect implements Dialect {
    public static final String GROUP = "cilium.io";

    static final String VERSION = "cilium.io/v2";
    static final String NAMESPACED = "CiliumNetworkPolicy";
    static final String CLUSTERWIDE = "CiliumClusterwideNetworkPolicy";

    @Override
    public String group() {
        return GROUP;
    }

    @Override
    public Set<String> kinds() {
        return Set.of(NAMESPACED, CLUSTERWIDE);
    }

    @Override
    public Set<String> clusterKinds() {
        return Set.of(CLUSTERWIDE);
    }

    @Override
    public boolean isEnforcedBy(NetworkAgent agent) {
        return agent == NetworkAgent.CILIUM;
    }

    @Override
    public Set<String> referredKinds() {
        return Set.of("Service", "Endpoints", "EndpointSlice", "CiliumCIDRGroup", DialectSettings.KIND);
    }

    @Override
    public ChangeWriter changes(ClusterFacts facts) {
        return new CiliumChanges(facts);
    }

    @Override
    public List<Policy> compile(String kind, JsonNode object, ClusterFacts facts) {
        String namespace = kind.equals(CLUSTERWIDE)
                ? null
                : object.path("metadata").path("namespace").asText("default");
        Fields root = Fields.of(kind, namespace, object)
                .allowOnly("apiVersion", "kind", "metadata", "spec", "specs", "status");
        Fields version = root.child("apiVersion");
        if (!version.absent() && !version.text().equals(VERSION)) {
            throw version.invalid("'" + version.text() + "' is not " + VERSION);
        }
        String name = root.child("metadata").child("name").text();
        List<Policy> policies = new ArrayList<>();
        Fields spec = root.child("spec");
        List<Fields> specs = root.child("specs").elements();
        if (spec.absent() && specs.isEmpty()) {
            throw spec.invalid("is missing, and so is specs");
        }
        if (!spec.absent()) {
            policies.add(new CiliumRules(new PolicyRef(kind, namespace, name, null), namespace, facts, spec).compile());
        }
        for (int i = 0; i < specs.size(); i++) {
            PolicyRef ref = new PolicyRef(kind, namespace, name, "specs[" + i + "]");
            policies.add(new CiliumRules(ref, namespace, facts, specs.get(i)).compile());
        }
        return policies;
    }
}
