package dev.weir.policy;

import dev.weir.model.context.ClusterObject.NamedPort;
import java.util.List;

/** Finds the names that the ports of an end have for the network plugin that enforces the policies. */
@FunctionalInterface
public interface PortNames {
    /** The container ports of a pod. */
    PortNames OF_PODS =
            end -> end.pod() == null ? List.of() : end.pod().identity().ports();

    /** The container ports of a pod with a network of its own. */
    PortNames OF_OWN_NETWORK = end ->
            end.selectable() == null ? List.of() : end.selectable().identity().ports();

    /** The named ports of an end; none for one that has none. */
    List<NamedPort> of(Peer end);
}
