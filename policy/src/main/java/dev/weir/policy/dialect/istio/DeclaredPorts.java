package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Peer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The ports of pods that Services declare as other than HTTP, at which proxies see no requests. */
public final class DeclaredPorts {
    private final IstioFacts facts;

    /**
     * Reads the ports.
     *
     * @param services as the API has them
     */
    public DeclaredPorts(List<? extends JsonNode> services) {
        this.facts = IstioFacts.of(new ClusterFacts(services, List.of(), Set.of(), Set.of(), false));
    }

    /** The numbers of the pod's ports that are declared as other than HTTP. */
    public Set<Integer> notHttp(Peer.Pod pod) {
        Set<Integer> ports = new TreeSet<>();
        for (int port : facts.portsOfServices(pod)) {
            if (facts.declared(pod, port, null) == IstioFacts.Declared.TCP) {
                ports.add(port);
            }
        }
        return ports;
    }
}
