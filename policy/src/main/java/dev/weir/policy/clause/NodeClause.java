package dev.weir.policy.clause;

import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import java.util.List;

/** A clause for nodes by their labels, and for the pods that use their network. */
public record NodeClause(LabelSelector nodes) implements PeerClause {

    @Override
    public Holds holds(Peer peer) {
        Peer.Node node = peer.node();
        if (node == null) {
            boolean somewhere = peer.pod() != null && peer.selectable() == null;
            return somewhere ? (nodes.requirements().isEmpty() ? Holds.YES : Holds.UNKNOWN) : Holds.NO;
        }
        return Holds.of(nodes.matches(node.labels()));
    }

    @Override
    public List<String> reasons(Peer peer) {
        Peer.Node node = peer.node();
        if (node != null) {
            return nodes.failures(node.labels()).stream()
                    .map(failure -> "node " + failure)
                    .toList();
        }
        return switch (holds(peer)) {
            case YES -> List.of();
            case UNKNOWN -> List.of("the node of " + peer.display() + " is not known");
            case NO -> List.of(peer.display() + " is not a node");
        };
    }
}
