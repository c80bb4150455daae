package dev.weir.policy.dialect.cilium;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.Policy;
import dev.weir.policy.dialect.Dialect;
import dev.weir.policy.dialect.Undecided;
import java.util.Set;

/** Recognises the kinds of Cilium, so that decisions that they may change are unknown. */
public final class CiliumDialect implements Dialect {

    @Override
    public String group() {
        return "cilium.io";
    }

    @Override
    public Set<String> kinds() {
        return Set.of("CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy");
    }

    @Override
    public Set<String> clusterKinds() {
        return Set.of("CiliumClusterwideNetworkPolicy");
    }

    @Override
    public Policy compile(String kind, JsonNode object) {
        return Undecided.compile(this, kind, object);
    }
}
