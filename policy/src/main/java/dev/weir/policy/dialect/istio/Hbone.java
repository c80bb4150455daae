package dev.weir.policy.dialect.istio;

import dev.weir.model.context.MeshProxy;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Encapsulation;
import dev.weir.policy.Traffic;
import java.util.List;
import java.util.Set;

/** Sends mTLS to ambient pods and to waypoints through the one port of their tunnel. */
public final class Hbone implements Encapsulation {
    private static final int PORT = 15_008;
    private static final Set<MeshProxy.Kind> TUNNELLED = Set.of(MeshProxy.Kind.AMBIENT, MeshProxy.Kind.WAYPOINT);

    private final IstioFacts facts;

    public Hbone(ClusterFacts facts) {
        this.facts = IstioFacts.of(facts);
    }

    @Override
    public List<Traffic> sent(Traffic traffic) {
        boolean isTunnelled =
                traffic.protocol().equals("TCP") && TUNNELLED.contains(IstioFacts.proxy(traffic.destination()));
        if (!isTunnelled) {
            return List.of(traffic);
        }
        Traffic within = traffic.at(PORT);
        return switch (facts.mtls(traffic)) {
            case YES -> List.of(within);
            case NO -> List.of(traffic);
            case UNKNOWN -> List.of(traffic, within);
        };
    }
}
