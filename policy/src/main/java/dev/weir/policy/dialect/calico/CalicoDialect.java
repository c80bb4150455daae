package dev.weir.policy.dialect.calico;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.PolicyRef;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.NetworkAgent;
import dev.weir.policy.Policy;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.KubernetesNames;
import dev.weir.policy.dialect.Dialect;
import dev.weir.policy.dialect.StagedPolicy;
import dev.weir.policy.manifest.ChangeWriter;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the kinds of Calico that are enforced, and reads those that are staged. Calico has them in two groups: one
 * that its own API server serves, and one in which they are stored.
 */
public final class CalicoDialect implements Dialect {
    public static final String SERVED = "projectcalico.org";
    public static final String STORED = "crd.projectcalico.org";

    private static final String GLOBAL = "GlobalNetworkPolicy";
    private static final String HOST = "HostEndpoint";

    private final String group;

    public CalicoDialect(String group) {
        this.group = group;
    }

    @Override
    public String group() {
        return group;
    }

    @Override
    public Set<String> kinds() {
        return Set.of("NetworkPolicy", GLOBAL, HOST);
    }

    @Override
    public Set<String> clusterKinds() {
        return Set.of(GLOBAL, HOST);
    }

    @Override
    public Set<String> stagedKinds() {
        return CalicoStaged.kinds();
    }

    @Override
    public @Nullable StagedPolicy staged(String kind, JsonNode object) {
        return CalicoStaged.read(kind, object);
    }

    @Override
    public boolean isEnforcedBy(NetworkAgent agent) {
        return agent == NetworkAgent.CALICO;
    }

    @Override
    public Set<String> referredKinds() {
        return Set.of(
                "Namespace",
                "ServiceAccount",
                "NetworkSet",
                "GlobalNetworkSet",
                "HostEndpoint",
                "Tier",
                "Profile",
                "EndpointSlice");
    }

    @Override
    public String shownKind(String kind) {
        return kind + "." + group;
    }

    /** True if the object is of one of Calico's groups. */
    static boolean isOfCalico(JsonNode object) {
        String version = object.path("apiVersion").asText("");
        return version.startsWith(SERVED + "/") || version.startsWith(STORED + "/");
    }

    @Override
    public ChangeWriter changes(ClusterFacts facts) {
        return new CalicoChanges(facts);
    }

    @Override
    public List<Policy> compile(String kind, JsonNode object, ClusterFacts facts) {
        String namespace = clusterKinds().contains(kind)
                ? null
                : object.path("metadata").path("namespace").asText("default");
        Fields root = Fields.of(kind, namespace, object).allowOnly("apiVersion", "kind", "metadata", "spec", "status");
        Fields name = root.child("metadata").child("name");
        PolicyRef ref = new PolicyRef(shownKind(kind), namespace, name.subdomain(), null);
        Fields spec = root.child("spec");
        if (kind.equals(HOST)) {
            return HostEndpoints.compile(ref, root.required("spec"), facts);
        }
        return List.of(new CalicoRules(ref, namespace, facts).compile(spec));
    }

    @Override
    public void check(String kind, JsonNode object) {
        if (!isOfCalico(object)) {
            return;
        }
        Fields root = Fields.of(kind, object.path("metadata").path("namespace").textValue(), object);
        Fields spec = root.child("spec");
        switch (kind) {
            case "Tier" -> {
                Fields name = root.child("metadata").child("name");
                if (!KubernetesNames.isDnsLabel(name.text())) {
                    throw name.invalid("'" + name.text() + "' is not a name of a-z, 0-9 and -");
                }
                Fields action = spec.child("defaultAction");
                boolean isKnown = action.absent()
                        || Set.of(CalicoTiers.DENY, CalicoTiers.PASS).contains(action.text());
                if (!isKnown) {
                    throw action.invalid("'" + action.text() + "' is not Deny or Pass");
                }
            }
            case "NetworkSet", "GlobalNetworkSet" -> CalicoEnds.nets(spec.child("nets"));
            default -> {
                // Other kinds say nothing that policies depend on.
            }
        }
    }
}
