package dev.weir.policy.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Expected;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Decider;
import dev.weir.policy.Decision;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Traffic;
import dev.weir.policy.dialect.Dialects;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The compiled engine against the plain evaluator, on random policies, pods and connections. */
class RandomPolicyTest {
    private static final int WORLDS = 5_000;
    private static final int CONNECTIONS = 20;
    /** Two rules may cover all ports together, which the engine does not see. */
    private static final double MOSTLY = 97;

    private int unknown;
    private int witnessed;

    @Test
    void engineDecidesAsThePlainEvaluatorDoes() {
        Map<Expected, Integer> seen = new EnumMap<>(Expected.class);
        Map<String, Integer> kinds = new TreeMap<>();
        for (int seed = 0; seed < WORLDS; seed++) {
            RandomWorld world = new RandomWorld(seed);
            List<Peer> pods = world.pods();
            List<ObjectNode> objects = distinct(world.policies());
            objects.forEach(object -> kinds.merge(object.path("kind").asText(), 1, Integer::sum));
            PolicySet set = PolicySet.of(compile(objects));
            Decider decider = new Decider(set);
            Set<Integer> numbers = new TreeSet<>();
            objects.forEach(object -> addNumbers(object, numbers));
            for (int i = 0; i < CONNECTIONS; i++) {
                Traffic traffic = world.traffic(pods);
                Decision decision = set.decide(traffic);
                Situation situation = new Situation(seed, objects, traffic);
                assertThat(decider.decide(traffic)).as(situation).isEqualTo(decision);
                assertThat(decider.decide(traffic)).as(situation).isEqualTo(decision);
                hold(situation, numbers, decision);
                seen.merge(decision.expected(), 1, Integer::sum);
            }
        }
        assertThat(seen).hasSize(Expected.values().length);
        assertThat(seen.values()).allMatch(count -> count > 100);
        assertThat(kinds).hasSize(4);
        assertThat(witnessed * 100.0 / unknown)
                .as("per cent of the unknown for which two answers are possible")
                .isGreaterThan(MOSTLY);
    }

    @Test
    void setWithAChangedPolicyDecidesAsANewSet() {
        for (int seed = 0; seed < 500; seed++) {
            RandomWorld world = new RandomWorld(seed);
            List<Peer> pods = world.pods();
            List<ObjectNode> objects = distinct(world.policies());
            PolicySet set = PolicySet.of(compile(objects));
            Decider decider = new Decider(set);
            List<Traffic> connections = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(world.traffic(pods));
                decider.decide(connections.get(i));
            }
            List<ObjectNode> more = new ArrayList<>(objects);
            for (ObjectNode added : world.policies()) {
                more.add(added);
                set = set.with(Dialects.compile(added.path("kind").asText(), added, ClusterFacts.NONE)
                        .get(0));
            }
            if (!objects.isEmpty()) {
                set = set.without(
                        Dialects.compile(objects.get(0).path("kind").asText(), objects.get(0), ClusterFacts.NONE)
                                .get(0)
                                .ref());
                String gone = key(objects.get(0));
                more.removeIf(object -> key(object).equals(gone));
            }
            Decider changed = decider.with(set);
            PolicySet anew = PolicySet.of(compile(distinct(more)));
            for (Traffic traffic : connections) {
                assertThat(changed.decide(traffic)).as("seed %d", seed).isEqualTo(anew.decide(traffic));
                assertThat(decider.decide(traffic))
                        .as("the old decider, seed %d", seed)
                        .isEqualTo(decider.policies().decide(traffic));
            }
        }
    }

    /** Asserts that a decision holds in every world that the known properties leave possible. */
    private void hold(Situation situation, Set<Integer> numbers, Decision decision) {
        List<ObjectNode> objects = situation.objects();
        List<Traffic> possible = possible(numbers, situation.traffic());
        if (decision.expected() == Expected.UNKNOWN) {
            assertThat(possible.size()).as(situation).isGreaterThan(1);
            boolean first = PlainEvaluator.allows(objects, possible.get(0));
            unknown++;
            witnessed += possible.stream().anyMatch(each -> PlainEvaluator.allows(objects, each) != first) ? 1 : 0;
            return;
        }
        for (Traffic each : possible) {
            if (PlainEvaluator.allows(objects, each) != (decision.expected() != Expected.DENY)) {
                throw new AssertionError(
                        situation.get() + " as " + each + ": the engine expects " + decision.expected());
            }
        }
    }

    /** The case of an assertion; its text is built for a failure alone, since most of the time went into it. */
    private record Situation(int seed, List<ObjectNode> objects, Traffic traffic) implements Supplier<String> {
        @Override
        public String get() {
            return "seed " + seed + ": " + traffic + " under " + objects;
        }
    }

    private static List<Traffic> possible(Set<Integer> numbers, Traffic traffic) {
        List<Traffic> possible = new ArrayList<>();
        boolean hasPorts = !traffic.protocol().equals("ICMP");
        List<Integer> ports = traffic.port() == null && hasPorts
                ? borders(numbers, traffic.destination().pod())
                : List.of(traffic.port() == null ? 1 : traffic.port());
        Peer to = traffic.destination();
        boolean nameless = to.pod() == null && to.node() == null && to.names().isEmpty();
        List<List<String>> names = nameless
                ? List.of(List.of(), List.of("example.com"), List.of("x.example.com"), List.of("y.test.org"))
                : List.of(to.names());
        for (int port : ports) {
            for (List<String> name : names) {
                Peer destination = nameless ? Peer.address(String.valueOf(to.ip()), name) : to;
                possible.add(new Traffic(traffic.source(), destination, traffic.protocol(), port));
            }
        }
        return possible;
    }

    /** Every port at which an answer may change. */
    private static List<Integer> borders(Set<Integer> numbers, Peer.@Nullable Pod destination) {
        TreeSet<Integer> borders = new TreeSet<>(List.of(1, 65_535));
        numbers.forEach(number -> around(number, borders));
        if (destination != null) {
            destination.identity().ports().forEach(port -> around(port.port(), borders));
        }
        return List.copyOf(borders);
    }

    /** Adds every number below a node, of which some are ports. */
    private static void addNumbers(JsonNode node, Set<Integer> numbers) {
        if (node.isInt()) {
            numbers.add(node.intValue());
        }
        node.forEach(child -> addNumbers(child, numbers));
    }

    private static void around(int port, TreeSet<Integer> borders) {
        IntStream.of(port - 1, port, port + 1)
                .filter(each -> each > 0 && each <= 65_535)
                .forEach(borders::add);
    }

    static List<Policy> compile(List<ObjectNode> objects) {
        return objects.stream()
                .map(object -> Dialects.compile(object.path("kind").asText(), object, ClusterFacts.NONE)
                        .get(0))
                .toList();
    }

    /** The objects without duplicates; the last one with a name wins, as in the API server. */
    static List<ObjectNode> distinct(List<ObjectNode> objects) {
        Map<String, ObjectNode> last = new LinkedHashMap<>();
        objects.forEach(object -> last.put(key(object), object));
        return List.copyOf(last.values());
    }

    static String key(ObjectNode object) {
        return object.path("kind").asText() + object.path("metadata");
    }
}
