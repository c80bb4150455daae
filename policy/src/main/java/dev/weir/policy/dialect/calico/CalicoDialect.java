package dev.weir.policy.dialect.calico;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.Policy;
import dev.weir.policy.dialect.Dialect;
import dev.weir.policy.dialect.Undecided;
import java.util.Set;

/** Knows the kinds of Calico that are enforced (staged ones are not), so that where one of them may have a say the answer is that it is not known. */
public final class CalicoDialect implements Dialect {

    @Override
    public String group() {
        return "projectcalico.org";
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
    public Policy compile(String kind, JsonNode object) {
        return Undecided.compile(this, kind, object);
    }
}
