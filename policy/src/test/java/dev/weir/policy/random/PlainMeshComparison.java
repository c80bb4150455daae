package dev.weir.policy.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.model.Expected;
import dev.weir.model.L7;
import dev.weir.policy.Decider;
import dev.weir.policy.MeshTraffic;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares the compiled policies of Istio with a plain evaluator in random worlds. */
final class PlainMeshComparison {
    private static final int CONNECTIONS = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<Expected, Integer> decisions = new EnumMap<>(Expected.class);
    private int connections;
    private int looselyUnknown;

    /** Compares in worlds of consecutive seeds. */
    void run(int first, int count) {
        for (int seed = first; seed < first + count; seed++) {
            world(seed);
        }
        System.out.println(this);
        assertThat(decisions).containsOnlyKeys(Expected.ALLOW, Expected.DENY, Expected.UNKNOWN);
        assertThat(decisions.values()).allMatch(each -> each > connections / 20);
    }

    private void world(int seed) {
        RandomObjects world = RandomIstio.alone(seed);
        RandomIstio mesh = new RandomIstio(world);
        Cluster cluster = PlainComparison.cluster(seed, world.all());
        PlainIstio plain = new PlainIstio(world.all());
        Decider decider = new Decider(cluster.policies());
        for (int i = 0; i < CONNECTIONS; i++) {
            PlainPacket record = mesh.connection();
            if (plain.isAmbiguous(record)) {
                continue;
            }
            Traffic traffic = traffic(cluster, record);
            SideDecision decision = cluster.policies().decide(traffic).mesh();
            connections++;
            compare(plain, record, decision, seed, world);
            assertThat(decider.decide(traffic).mesh()).isEqualTo(decision);
        }
    }

    private void compare(PlainIstio plain, PlainPacket record, SideDecision decision, int seed, RandomObjects world) {
        Expected compiled = decision.expected() == Expected.UNSELECTED ? Expected.ALLOW : decision.expected();
        Expected expected = plain.decide(record);
        decisions.merge(expected, 1, Integer::sum);
        if (compiled == expected) {
            return;
        }
        if (compiled == Expected.UNKNOWN && plain.undecided(record) > 1) {
            looselyUnknown++;
            return;
        }
        throw new AssertionError(
                "seed " + seed + ", " + record.display() + ": the engine says " + compiled.id() + " by "
                        + decision.decidedBy() + ", the plain evaluator " + expected.id() + "\n"
                        + PlainComparison.yaml(world.policies));
    }

    static Traffic traffic(Cluster cluster, PlainPacket record) {
        Map<String, String> known = new HashMap<>(record.details());
        boolean isHttp = known.containsKey("http");
        MeshTraffic.Http http = isHttp ? http(known) : null;
        MeshTraffic mesh = new MeshTraffic(
                known.containsKey("mtls") ? (Boolean) known.get("mtls").equals("yes") : null,
                known.get("principal"),
                null,
                http,
                known.get("sni"),
                known.get("service"));
        Traffic traffic = PlainComparison.traffic(cluster, record);
        return new Traffic(
                traffic.source(),
                traffic.destination(),
                traffic.protocol(),
                traffic.port(),
                isHttp
                        ? new L7(null, new L7.Http(known.get("method"), null, known.get("path"), null), null)
                        : traffic.l7(),
                mesh);
    }

    private static MeshTraffic.Http http(Map<String, String> known) {
        Map<String, Optional<String>> headers = new HashMap<>();
        known.forEach((property, value) -> {
            if (property.startsWith("header:")) {
                headers.put(property.substring("header:".length()), sent(value));
            }
        });
        return new MeshTraffic.Http(
                known.get("method"),
                known.get("path"),
                known.get("host"),
                headers,
                token(known),
                known.get("clientIp"));
    }

    private static Optional<String> sent(String value) {
        return value.equals(PlainMeshView.NONE) ? Optional.empty() : Optional.of(value);
    }

    private static @Nullable Optional<JsonNode> token(Map<String, String> known) {
        if (!known.containsKey("jwt")) {
            return null;
        }
        return sent(known.get("jwt")).map(text -> {
            try {
                return JSON.readTree(text);
            } catch (JsonProcessingException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Override
    public String toString() {
        return connections + " connections; mesh " + decisions
                + "; unknown to the engine alone, by several properties: " + looselyUnknown;
    }
}
