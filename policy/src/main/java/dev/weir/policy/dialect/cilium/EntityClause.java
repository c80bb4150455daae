package dev.weir.policy.dialect.cilium;

import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Traffic;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A clause for an entity of Cilium.
 *
 * @param name of the entity, such as {@code world}
 */
record EntityClause(String name, CiliumFacts facts) implements PeerClause, PeerClause.AddressTest {
    static final Set<String> NAMES = Set.of(
            "all",
            "world",
            "world-ipv4",
            "world-ipv6",
            "cluster",
            "host",
            "remote-node",
            "kube-apiserver",
            "health",
            "init",
            "unmanaged",
            "ingress",
            "none");

    private static final String HOST = "host";
    private static final String REMOTE_NODE = "remote-node";

    /** The name, which no policy can give, of the two entities of nodes together: it needs no node to be known. */
    private static final String ANY_NODE = "any-node";

    /** Returns the clause for any node if clauses name both entities of nodes; null otherwise. */
    static @Nullable EntityClause ofAnyNode(List<PeerClause> clauses, CiliumFacts facts) {
        return clauses.contains(new EntityClause(HOST, facts)) && clauses.contains(new EntityClause(REMOTE_NODE, facts))
                ? new EntityClause(ANY_NODE, facts)
                : null;
    }

    /**
     * True if an end is of an entity, or has the reserved label of that name.
     *
     * @param traffic null if it is not known which node is the other end's own
     */
    static Holds has(String name, CiliumFacts facts, @Nullable Traffic traffic, Peer peer) {
        boolean isPod = peer.selectable() != null;
        boolean isNode = peer.isHost();
        return switch (name) {
            case "all" -> Holds.YES;
            case "world" -> Holds.of(!isPod && !isNode);
            case "world-ipv4" -> Holds.of(!isPod && !isNode && isOfLength(peer, 4));
            case "world-ipv6" -> Holds.of(!isPod && !isNode && isOfLength(peer, 16));
            case "cluster" -> isPod || isNode ? Holds.YES : isApiServer(facts, peer);
            case HOST -> isNode ? isOwnNode(traffic, peer) : Holds.NO;
            case REMOTE_NODE -> isNode ? isOwnNode(traffic, peer).negated() : Holds.NO;
            case ANY_NODE -> Holds.of(isNode);
            case "kube-apiserver" -> isPod ? Holds.NO : isApiServer(facts, peer);
            default -> Holds.NO;
        };
    }

    private static boolean isOfLength(Peer peer, int bytes) {
        byte[] address = peer.address();
        return address != null && address.length == bytes;
    }

    private static Holds isApiServer(CiliumFacts facts, Peer peer) {
        Set<String> addresses = facts.apiServer();
        String ip = peer.ip();
        return addresses == null || ip == null ? Holds.UNKNOWN : Holds.of(addresses.contains(ip));
    }

    /** Tests whether a node is the one that the other end is or runs on. */
    private static Holds isOwnNode(@Nullable Traffic traffic, Peer node) {
        if (traffic == null) {
            return Holds.UNKNOWN;
        }
        String from = traffic.source().runsOn();
        String to = traffic.destination().runsOn();
        return from == null || to == null || node.runsOn() == null ? Holds.UNKNOWN : Holds.of(from.equals(to));
    }

    @Override
    public Holds holds(Peer peer) {
        return has(name, facts, null, peer);
    }

    @Override
    public Holds holds(Traffic traffic, Peer other) {
        return has(name, facts, traffic, other);
    }

    @Override
    public Holds test(Peer peer) {
        return holds(peer);
    }

    @Override
    public List<String> reasons(Peer peer) {
        return switch (holds(peer)) {
            case YES -> List.of();
            case NO -> List.of(peer.display() + " is not of the entity " + name);
            case UNKNOWN -> List.of("it is not known whether " + peer.display() + " is of the entity " + name);
        };
    }

    @Override
    public List<AddressTest> addressTests() {
        return List.of(this);
    }
}
