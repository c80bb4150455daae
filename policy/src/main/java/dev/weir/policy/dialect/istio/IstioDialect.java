package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Policy;
import dev.weir.policy.dialect.Dialect;
import dev.weir.policy.dialect.Undecided;
import java.util.List;
import java.util.Set;

/** Recognises the kinds of Istio, so that decisions that they may change are unknown. */
public final class IstioDialect implements Dialect {

    @Override
    public String group() {
        return "security.istio.io";
    }

    @Override
    public Set<String> kinds() {
        return Set.of("AuthorizationPolicy");
    }

    @Override
    public Set<String> clusterKinds() {
        return Set.of();
    }

    @Override
    public List<Policy> compile(String kind, JsonNode object, ClusterFacts facts) {
        return List.of(Undecided.compile(this, kind, object));
    }
}
