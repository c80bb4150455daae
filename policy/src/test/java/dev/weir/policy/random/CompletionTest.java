package dev.weir.policy.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.model.Expected;
import dev.weir.policy.Decision;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hides what a record or a cluster may not hold, and asks whether the engine's decision is unknown where completions of
 * it differ, and there alone.
 */
class CompletionTest {
    private static final int WORLDS = 10;
    private static final int MANY_WORLDS = 1_000;
    private static final int CONNECTIONS = 50;
    /** The share of unknown decisions that may be unknown to the engine alone: one of so many, and a few in all. */
    private static final int LOOSE = 10;

    private static final int FEW = 10;

    private int connections;
    private int unknown;
    private int looselyUnknown;

    @Test
    void unknownOfCiliumHasCompletionsThatDiffer() {
        cilium(0, WORLDS);
    }

    @Test
    void unknownOfCalicoHasCompletionsThatDiffer() {
        calico(0, WORLDS);
    }

    @Test
    void unknownOfIstioHasCompletionsThatDiffer() {
        istio(0, WORLDS / 2);
    }

    @Test
    @Tag("long")
    void unknownIsNeededInManyWorlds() {
        cilium(WORLDS, MANY_WORLDS);
        calico(WORLDS, MANY_WORLDS);
        istio(WORLDS, MANY_WORLDS);
    }

    void cilium(int first, int count) {
        run(first, count, RandomCilium::new, PlainCilium::new);
    }

    void calico(int first, int count) {
        run(first, count, RandomCalico::new, PlainCalico::new);
    }

    private void run(
            int first,
            int count,
            LongFunction<RandomObjects> worlds,
            Function<List<ObjectNode>, PlainDialect> evaluators) {
        for (int seed = first; seed < first + count; seed++) {
            RandomObjects world = worlds.apply(seed);
            ObjectNode endpoints = seed % 3 == 0 ? hideApiServer(world) : null;
            Cluster cluster = endpoints == null
                    ? PlainComparison.cluster(seed, world.all())
                    : Cluster.of(manifests(world, endpoints));
            for (int i = 0; i < CONNECTIONS; i++) {
                PlainPacket record = hidden(world, world.connection());
                Traffic traffic = PlainComparison.traffic(cluster, record);
                PlainVariants variants = new PlainVariants(world.all(), record);
                if (endpoints != null) {
                    variants.hideApiServer(endpoints);
                }
                traffic = hideAccounts(world, record, traffic, variants);
                Decision decision = cluster.policies().decide(traffic);
                for (boolean egress : List.of(true, false)) {
                    compare(
                            "seed " + seed + (egress ? ", egress of " : ", ingress of ") + record.display() + " ("
                                    + accounts(traffic) + ")",
                            (egress ? decision.egress() : decision.ingress()).expected(),
                            variants,
                            (objects, packet) -> evaluators.apply(objects).decide(packet, egress),
                            world);
                }
            }
        }
        report();
    }

    void istio(int first, int count) {
        for (int seed = first; seed < first + count; seed++) {
            RandomObjects world = RandomIstio.alone(seed);
            RandomIstio mesh = new RandomIstio(world);
            Cluster cluster = PlainComparison.cluster(seed, world.all());
            PlainIstio plain = new PlainIstio(world.all());
            for (int i = 0; i < CONNECTIONS; i++) {
                PlainPacket record = hidden(world, mesh.connection());
                if (plain.isAmbiguous(record)) {
                    continue;
                }
                PlainVariants variants = new PlainVariants(world.all(), record);
                Traffic traffic = hideAccounts(world, record, PlainMeshComparison.traffic(cluster, record), variants);
                compare(
                        "seed " + seed + ", " + record.display() + " (" + accounts(traffic) + ")",
                        cluster.policies().decide(traffic).mesh().expected(),
                        variants,
                        (objects, packet) -> new PlainIstio(objects).decide(packet),
                        world);
            }
        }
        report();
    }

    /** Takes out what the API server's addresses are known by, and policies that refer to what else may exist. */
    private static ObjectNode hideApiServer(RandomObjects world) {
        ObjectNode endpoints = null;
        for (ObjectNode object : world.objects) {
            if (object.path("kind").asText().equals("Endpoints")
                    && PlainDialect.name(object).equals("kubernetes")) {
                endpoints = object;
            }
        }
        if (endpoints != null) {
            world.policies.removeIf(policy ->
                    policy.toString().contains("cidrGroup") || policy.toString().contains("toServices"));
        }
        return endpoints;
    }

    private static List<Manifest> manifests(RandomObjects world, ObjectNode without) {
        List<Manifest> manifests = new ArrayList<>();
        for (ObjectNode object : world.all()) {
            if (!object.equals(without)) {
                manifests.add(Manifest.of("world", object.deepCopy()));
            }
        }
        return manifests;
    }

    private static PlainPacket hidden(RandomObjects world, PlainPacket record) {
        Map<String, String> details = new HashMap<>(record.details());
        details.keySet().removeIf(property -> !property.equals("service") && world.chance(2));
        return new PlainPacket(
                record.source(),
                record.destination(),
                record.protocol(),
                world.chance(3) ? null : record.port(),
                details);
    }

    private static Traffic hideAccounts(
            RandomObjects world, PlainPacket record, Traffic traffic, PlainVariants variants) {
        boolean isSame = record.source().equals(record.destination());
        boolean ofSource = record.source().isWorkload() && !isSame && world.chance(3);
        boolean ofDestination = record.destination().isWorkload() && !isSame && world.chance(3);
        if (ofSource) {
            variants.hideAccount(true);
        }
        if (ofDestination) {
            variants.hideAccount(false);
        }
        return new Traffic(
                ofSource ? withoutAccount(traffic.source()) : traffic.source(),
                ofDestination ? withoutAccount(traffic.destination()) : traffic.destination(),
                traffic.protocol(),
                traffic.port(),
                traffic.l7(),
                traffic.mesh());
    }

    private static Peer withoutAccount(Peer peer) {
        Peer.Pod pod = peer.pod();
        Identity known = pod.identity();
        Identity identity = new Identity(
                known.namespace(),
                known.namespaceLabels(),
                known.labels(),
                known.ports(),
                known.hostNetwork(),
                null,
                known.proxy());
        return Peer.pod(peer.ip(), new Peer.Pod(pod.name(), identity, pod.standIn()), peer.runsOn());
    }

    private static String accounts(Traffic traffic) {
        List<String> hidden = new ArrayList<>();
        for (Peer peer : List.of(traffic.source(), traffic.destination())) {
            if (peer.pod() != null && peer.pod().identity().serviceAccount() == null) {
                hidden.add("account of " + peer.display() + " hidden");
            }
        }
        return String.join(", ", hidden);
    }

    private void compare(
            String what,
            Expected decided,
            PlainVariants variants,
            BiFunction<List<ObjectNode>, PlainPacket, Expected> evaluator,
            RandomObjects world) {
        Expected compiled = decided == Expected.UNSELECTED ? Expected.ALLOW : decided;
        Expected expected = variants.decide(evaluator);
        connections++;
        unknown += expected == Expected.UNKNOWN ? 1 : 0;
        if (compiled == Expected.UNKNOWN && expected != Expected.UNKNOWN) {
            looselyUnknown++;
        } else if (compiled != expected) {
            throw new AssertionError(what + ": the engine says " + compiled.id() + ", the completions "
                    + expected.id().toLowerCase(Locale.ROOT) + "\n" + PlainComparison.yaml(world.policies));
        }
    }

    private void report() {
        System.out.println(
                connections + " decisions, " + unknown + " unknown; unknown to the engine alone: " + looselyUnknown);
        assertThat(unknown).isGreaterThan(connections / 200);
        assertThat(looselyUnknown).isLessThanOrEqualTo(FEW + unknown / LOOSE);
        connections = 0;
        unknown = 0;
        looselyUnknown = 0;
    }
}
