package dev.weir.policy.random;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Expected;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The policies of a network plugin and of Istio together: a connection is allowed if both allow it. */
final class PlainMixed {
    private static final int TUNNEL = 15_008;
    private static final Set<String> TUNNELLED = Set.of("ambient", "waypoint");

    private final PlainDialect network;
    private final PlainIstio mesh;

    PlainMixed(PlainDialect network, List<ObjectNode> objects) {
        this.network = network;
        this.mesh = new PlainIstio(objects);
    }

    PlainIstio mesh() {
        return mesh;
    }

    /** Decides about a record: a denial of any part wins, then an unknown one. */
    Expected decide(PlainPacket record) {
        Set<Expected> parts = EnumSet.of(side(record, true), side(record, false), mesh.decide(record));
        return parts.contains(Expected.DENY)
                ? Expected.DENY
                : parts.contains(Expected.UNKNOWN) ? Expected.UNKNOWN : Expected.ALLOW;
    }

    /** Decides about a side by the policies of the network, which see the traffic as it is sent. */
    Expected side(PlainPacket record, boolean egress) {
        Set<Expected> outcomes = EnumSet.noneOf(Expected.class);
        for (boolean mtls : mtls(record)) {
            outcomes.add(network.decide(sent(record, mtls), egress));
        }
        return outcomes.size() > 1 ? Expected.UNKNOWN : outcomes.iterator().next();
    }

    /** The number of rules and terms that are not decided for the record. */
    int undecided(PlainPacket record) {
        int undecided = mesh.undecided(record);
        for (boolean mtls : mtls(record)) {
            undecided += network.undecided(sent(record, mtls), true) + network.undecided(sent(record, mtls), false);
        }
        return undecided;
    }

    private Set<Boolean> mtls(PlainPacket record) {
        boolean isTunnelled =
                record.protocol().equals("TCP") && TUNNELLED.contains(PlainIstio.proxy(record.destination()));
        return isTunnelled ? mesh.mtls(record) : Set.of(false);
    }

    private static PlainPacket sent(PlainPacket record, boolean isTunnelled) {
        return new PlainPacket(
                record.source(),
                record.destination(),
                record.protocol(),
                isTunnelled ? (Integer) TUNNEL : record.port(),
                record.details());
    }

    /** A record with the path as flows have it, without query and fragment. */
    static PlainPacket asInFlows(PlainPacket record) {
        Map<String, String> details = new HashMap<>(record.details());
        details.computeIfPresent("path", (name, path) -> path.split("[?#]")[0]);
        return new PlainPacket(record.source(), record.destination(), record.protocol(), record.port(), details);
    }
}
