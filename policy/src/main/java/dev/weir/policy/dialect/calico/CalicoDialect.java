package dev.weir.policy.dialect.calico;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Policy;
import dev.weir.policy.dialect.Dialect;
import dev.weir.policy.dialect.Undecided;
import java.util.List;
import java.util.Set;

/**
 * Recognises the kinds of Calico that are enforced (staged ones are not), so that decisions that they may change are
 * unknown. Calico has them in two groups: one that its own API server serves, and one in which they are stored.
 */
public final class CalicoDialect implements Dialect {
    public static final String SERVED = "projectcalico.org";
    public static final String STORED = "crd.projectcalico.org";

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
        return Set.of("NetworkPolicy", "GlobalNetworkPolicy");
    }

    @Override
    public Set<String> clusterKinds() {
        return Set.of("GlobalNetworkPolicy");
    }

    @Override
    public String shownKind(String kind) {
        return kind + "." + group;
    }

    @Override
    public List<Policy> compile(String kind, JsonNode object, ClusterFacts facts) {
        return List.of(Undecided.compile(this, kind, object));
    }
}
