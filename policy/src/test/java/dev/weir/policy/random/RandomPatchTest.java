package dev.weir.policy.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.weir.model.Expected;
import dev.weir.policy.Peer;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Traffic;
import dev.weir.policy.explain.DenyPolicy;
import dev.weir.policy.explain.Explainer;
import dev.weir.policy.explain.Explanation;
import dev.weir.policy.manifest.StableLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Patches, when applied, have their promised effect and no other. */
class RandomPatchTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Pattern COMMAND = Pattern.compile("# kubectl patch (\\S+) (\\S+)(?: -n (\\S+))? --type json");
    private static final int WORLDS = 2_000;

    @Test
    void theSmallestPatchAllowsJustThis() throws JsonProcessingException {
        int patched = 0;
        for (int seed = 0; seed < WORLDS; seed++) {
            RandomWorld world = new RandomWorld(seed);
            List<Peer> pods = world.pods();
            List<ObjectNode> objects = RandomPolicyTest.distinct(world.policies());
            PolicySet before = PolicySet.of(RandomPolicyTest.compile(objects));
            Traffic traffic = world.traffic(pods);
            Explanation explanation = Explainer.explain(before, traffic);
            String patch = explanation.patch();
            boolean whole = denies(explanation, patch);
            if (traffic.port() == null || patch == null || !whole) {
                continue;
            }
            PolicySet after = PolicySet.of(RandomPolicyTest.compile(patched(objects, patch)));
            String situation = "seed " + seed + ": " + traffic + "\n" + patch + "\nunder " + objects;
            assertThat(after.decide(traffic).expected()).as(situation).isNotEqualTo(Expected.DENY);
            for (Traffic probe : probes(world, pods)) {
                if (passes(after, probe) && !passes(before, probe)) {
                    assertThat(probe.service()).as(situation).isEqualTo(traffic.service());
                    // A rule in a NetworkPolicy holds for the pods that the policy is about, so that end may be any.
                    boolean intoPolicy = patch.contains("kubectl patch");
                    boolean source = isLike(probe.source(), traffic.source());
                    boolean destination = isLike(probe.destination(), traffic.destination());
                    assertThat(intoPolicy ? source || destination : source && destination)
                            .as(situation + probe)
                            .isTrue();
                }
            }
            patched++;
        }
        assertThat(patched).isGreaterThan(100);
    }

    @Test
    void theTightestPolicyDeniesJustThis() throws JsonProcessingException {
        int denied = 0;
        for (int seed = 0; seed < WORLDS; seed++) {
            RandomWorld world = new RandomWorld(seed);
            List<Peer> pods = world.pods();
            List<ObjectNode> objects = RandomPolicyTest.distinct(world.policies());
            PolicySet before = PolicySet.of(RandomPolicyTest.compile(objects));
            Traffic traffic = world.traffic(pods);
            boolean allowed = traffic.port() != null
                    && passes(before, traffic)
                    && !traffic.source().equals(traffic.destination());
            String deny = allowed ? DenyPolicy.of(before, traffic) : null;
            if (deny == null) {
                continue;
            }
            List<ObjectNode> more = new ArrayList<>(objects);
            more.add((ObjectNode) YAML.readTree(deny));
            PolicySet after = PolicySet.of(RandomPolicyTest.compile(more));
            String situation = "seed " + seed + ": " + traffic + "\n" + deny + "\nunder " + objects;
            assertThat(after.decide(traffic).expected()).as(situation).isEqualTo(Expected.DENY);
            for (Traffic probe : probes(world, pods)) {
                if (passes(before, probe) && !passes(after, probe)) {
                    assertThat(probe.service()).as(situation).isEqualTo(traffic.service());
                    assertThat(isLike(probe.source(), traffic.source()))
                            .as(situation + probe)
                            .isTrue();
                    assertThat(isLike(probe.destination(), traffic.destination()))
                            .as(situation + probe)
                            .isTrue();
                }
            }
            denied++;
        }
        assertThat(denied).isGreaterThan(100);
    }

    /** True if the connection is denied and every side that denies has a patch. */
    private static boolean denies(Explanation explanation, @Nullable String patch) {
        boolean egress = explanation.decision().egress().expected() != Expected.DENY
                || explanation.egress().patch() != null;
        boolean ingress = explanation.decision().ingress().expected() != Expected.DENY
                || explanation.ingress().patch() != null;
        return patch != null && egress && ingress;
    }

    private static List<Traffic> probes(RandomWorld world, List<Peer> pods) {
        List<Traffic> probes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Traffic probe = world.traffic(pods);
            if (probe.port() != null) {
                probes.add(probe);
            }
        }
        return probes;
    }

    private static boolean passes(PolicySet set, Traffic traffic) {
        Expected expected = set.decide(traffic).expected();
        return expected == Expected.ALLOW || expected == Expected.UNSELECTED;
    }

    /** The same address, or a pod of the same namespace that has all labels of the other. */
    private static boolean isLike(Peer probe, Peer meant) {
        if (meant.selectable() == null) {
            return String.valueOf(meant.ip()).equals(probe.ip());
        }
        return probe.selectable() != null
                && probe.pod().namespace().equals(meant.pod().namespace())
                && probe.pod()
                        .identity()
                        .labels()
                        .entrySet()
                        .containsAll(
                                StableLabels.of(meant.pod().identity().labels()).entrySet());
    }

    private static List<ObjectNode> patched(List<ObjectNode> objects, String patch) throws JsonProcessingException {
        List<ObjectNode> all = new ArrayList<>();
        objects.forEach(object -> all.add(object.deepCopy()));
        for (String document : patch.split("(?m)^---\\n")) {
            JsonNode tree = YAML.readTree(document);
            if (tree instanceof ObjectNode added) {
                all.add(added);
                continue;
            }
            Matcher command = COMMAND.matcher(document);
            assertThat(command.find()).as(document).isTrue();
            ObjectNode target = all.stream()
                    .filter(object -> object.path("kind").asText().equalsIgnoreCase(command.group(1))
                            && object.path("metadata").path("name").asText().equals(command.group(2))
                            && object.path("metadata")
                                    .path("namespace")
                                    .asText("")
                                    .equals(command.group(3) == null ? "" : command.group(3)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(document));
            for (JsonNode operation : tree) {
                add(target, operation.path("path").asText(), operation.path("value"));
            }
        }
        return all;
    }

    /** The operation {@code add} of RFC 6902, as far as it is used. */
    private static void add(ObjectNode target, String path, JsonNode value) {
        Map.Entry<String, String> split =
                Map.entry(path.substring(0, path.lastIndexOf('/')), path.substring(path.lastIndexOf('/') + 1));
        JsonNode parent = target.at(split.getKey());
        if (parent instanceof ArrayNode array) {
            if (split.getValue().equals("-")) {
                array.add(value);
            } else {
                array.insert(Integer.parseInt(split.getValue()), value);
            }
        } else {
            ((ObjectNode) parent).set(split.getValue(), value);
        }
    }
}
