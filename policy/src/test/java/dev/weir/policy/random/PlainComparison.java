package dev.weir.policy.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.weir.common.manifest.Manifest;
import dev.weir.model.Expected;
import dev.weir.model.L7;
import dev.weir.policy.Decider;
import dev.weir.policy.Decision;
import dev.weir.policy.Peer;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Compares the compiled engine with a plain evaluator in random worlds. The engine looks at undecided rules one by one,
 * so it may say unknown where several of them cover all connections together; that is counted.
 */
final class PlainComparison {
    private static final int CONNECTIONS = 100;
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private final LongFunction<RandomObjects> worlds;
    private final Function<List<ObjectNode>, PlainDialect> evaluators;
    private final Map<Expected, Integer> sides = new EnumMap<>(Expected.class);
    private int connections;
    private int looselyUnknown;

    PlainComparison(LongFunction<RandomObjects> worlds, Function<List<ObjectNode>, PlainDialect> evaluators) {
        this.worlds = worlds;
        this.evaluators = evaluators;
    }

    /** Compares in worlds of consecutive seeds. */
    void run(int first, int count) {
        for (int seed = first; seed < first + count; seed++) {
            world(seed);
        }
        System.out.println(this);
        assertThat(sides).as("decisions of sides").containsOnlyKeys(Expected.ALLOW, Expected.DENY, Expected.UNKNOWN);
        assertThat(sides.values()).allMatch(each -> each > connections / 1_000);
    }

    private void world(int seed) {
        RandomObjects world = worlds.apply(seed);
        List<ObjectNode> objects = world.all();
        Cluster cluster = cluster(seed, objects);
        PlainDialect plain = evaluators.apply(objects);
        Decider decider = new Decider(cluster.policies());
        for (int i = 0; i < CONNECTIONS; i++) {
            PlainPacket record = world.connection();
            Traffic traffic = traffic(cluster, record);
            Decision decision = cluster.policies().decide(traffic);
            connections++;
            for (boolean egress : List.of(true, false)) {
                side(plain, record, egress, egress ? decision.egress() : decision.ingress(), seed, world.policies);
            }
            assertThat(decider.decide(traffic).expected()).isEqualTo(decision.expected());
        }
    }

    /** The cluster with the objects, in which nothing may be wrong. */
    static Cluster cluster(int seed, List<ObjectNode> objects) {
        Cluster cluster = Cluster.whole(objects.stream()
                .map(object -> Manifest.of("world " + seed, object.deepCopy()))
                .toList());
        assertThat(cluster.problems()).isEmpty();
        assertThat(cluster.refused()).isEmpty();
        assertThat(cluster.mistakesInForce()).isEmpty();
        return cluster;
    }

    private void side(
            PlainDialect plain,
            PlainPacket record,
            boolean egress,
            SideDecision side,
            int seed,
            List<ObjectNode> policies) {
        Expected compiled = side.expected() == Expected.UNSELECTED ? Expected.ALLOW : side.expected();
        Expected expected = plain.decide(record, egress);
        sides.merge(expected, 1, Integer::sum);
        if (compiled == expected) {
            return;
        }
        if (compiled == Expected.UNKNOWN && plain.undecided(record, egress) > 1) {
            looselyUnknown++;
            return;
        }
        throw new AssertionError("seed " + seed + ", " + (egress ? "egress" : "ingress") + " of " + record.display()
                + ": the engine says " + compiled.id() + " by " + side.decidedBy() + ", the plain evaluator "
                + expected.id() + "\n" + yaml(policies));
    }

    static Traffic traffic(Cluster cluster, PlainPacket record) {
        Map<String, String> known = record.details();
        L7.Http http =
                known.containsKey("method") ? new L7.Http(known.get("method"), null, known.get("path"), null) : null;
        L7.Dns dns = known.containsKey("query") ? new L7.Dns(known.get("query"), "A", null, null) : null;
        Peer destination = known.containsKey("name")
                ? Peer.address(record.destination().ip(), List.of(known.get("name")))
                : peer(cluster, record.destination());
        return new Traffic(
                peer(cluster, record.source()),
                destination,
                record.protocol(),
                record.port(),
                http == null && dns == null ? null : new L7(dns, http, null));
    }

    private static Peer peer(Cluster cluster, PlainEnd end) {
        Member member = end.pod() == null ? null : cluster.pod(end.namespace(), PlainDialect.name(end.pod()));
        Peer peer = member == null ? cluster.at(end.ip()) : member.peers().get(0);
        return Objects.requireNonNull(peer, end.display());
    }

    static String yaml(List<ObjectNode> objects) {
        StringBuilder yaml = new StringBuilder();
        try {
            for (ObjectNode object : objects) {
                yaml.append(YAML.writeValueAsString(object));
            }
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
        return yaml.toString();
    }

    @Override
    public String toString() {
        return connections + " connections; sides " + sides + "; unknown to the engine alone, by several rules: "
                + looselyUnknown;
    }
}
