package dev.weir.policy.dialect.calico;

import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.policy.Peer;
import dev.weir.policy.PortNames;
import java.util.List;

/**
 * The named ports of Calico's endpoints: the container ports of a pod with a network of its own, and those that a
 * HostEndpoint lists.
 */
record EndpointPorts(CalicoFacts facts) implements PortNames {
    @Override
    public List<NamedPort> of(Peer end) {
        Peer.Node node = end.node();
        CalicoFacts.HostEndpoint host = node == null ? null : facts.host(node.name());
        return host == null ? PortNames.OF_OWN_NETWORK.of(end) : host.ports();
    }
}
