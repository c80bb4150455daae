package dev.weir.policy.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.weir.model.Expected;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Peer;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Traffic;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.explain.DenyPolicy;
import dev.weir.policy.explain.Explainer;
import dev.weir.policy.explain.Explanation;
import dev.weir.policy.manifest.StableLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Patches, when applied, have their promised effect and no other. */
class RandomPatchTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final int WORLDS = 2_000;

    /**
     * One connection under random policies, with others between the same ends to compare. Compiling is the costliest
     * part.
     */
    private record Case(int seed, List<ObjectNode> objects, PolicySet before, Traffic traffic, List<Traffic> probes) {
        static Case of(int seed) {
            RandomWorld world = new RandomWorld(seed);
            List<Peer> pods = world.pods();
            List<ObjectNode> objects = RandomPolicyTest.distinct(world.policies());
            PolicySet before = PolicySet.of(RandomPolicyTest.compile(objects));
            Traffic traffic = world.traffic(pods);
            return new Case(seed, objects, before, traffic, traffic.port() == null ? List.of() : draw(world, pods));
        }

        /** Returns the set with these objects, of which only the added and the changed ones are compiled. */
        PolicySet with(List<ObjectNode> all) {
            PolicySet after = before;
            for (ObjectNode object : all) {
                if (!objects.contains(object)) {
                    after = after.with(Dialects.compile(object.path("kind").asText(), object, ClusterFacts.NONE)
                            .get(0));
                }
            }
            return after;
        }

        Supplier<String> under(String yaml) {
            return () -> "seed " + seed + ": " + traffic + "\n" + yaml + "\nunder " + objects;
        }
    }

    @Test
    void patchesAndPoliciesHaveNoOtherEffect() throws JsonProcessingException {
        int patched = 0;
        int denied = 0;
        for (int seed = 0; seed < WORLDS; seed++) {
            Case each = Case.of(seed);
            if (each.traffic().port() != null) {
                patched += patchAllowsNothingElse(each) ? 1 : 0;
                denied += policyDeniesNothingElse(each) ? 1 : 0;
            }
        }
        assertThat(patched).isGreaterThan(100);
        assertThat(denied).isGreaterThan(100);
    }

    /** Checks the smallest patch that allows a denied connection; returns false if there is none. */
    private static boolean patchAllowsNothingElse(Case each) throws JsonProcessingException {
        Traffic traffic = each.traffic();
        Explanation explanation = Explainer.explain(each.before(), traffic);
        String patch = explanation.patch();
        if (patch == null || !denies(explanation, patch)) {
            return false;
        }
        PolicySet after = each.with(AppliedPatch.to(each.objects(), patch));
        Supplier<String> situation = each.under(patch);
        assertThat(after.decide(traffic).expected()).as(situation).isNotEqualTo(Expected.DENY);
        for (Traffic probe : each.probes()) {
            if (passes(after, probe) && !passes(each.before(), probe)) {
                assertThat(probe.service()).as(situation).isEqualTo(traffic.service());
                // A rule in a NetworkPolicy holds for the pods that the policy is about, so that end may be any.
                boolean intoPolicy = patch.contains("kubectl patch");
                boolean source = isLike(probe.source(), traffic.source());
                boolean destination = isLike(probe.destination(), traffic.destination());
                assertThat(intoPolicy ? source || destination : source && destination)
                        .as(() -> situation.get() + probe)
                        .isTrue();
            }
        }
        return true;
    }

    /** Checks the tightest policy that denies an allowed connection; returns false if there is none. */
    private static boolean policyDeniesNothingElse(Case each) throws JsonProcessingException {
        Traffic traffic = each.traffic();
        boolean allowed = passes(each.before(), traffic) && !traffic.source().equals(traffic.destination());
        String deny = allowed ? DenyPolicy.of(each.before(), traffic) : null;
        if (deny == null) {
            return false;
        }
        List<ObjectNode> more = new ArrayList<>(each.objects());
        more.add((ObjectNode) YAML.readTree(deny));
        PolicySet after = each.with(more);
        Supplier<String> situation = each.under(deny);
        assertThat(after.decide(traffic).expected()).as(situation).isEqualTo(Expected.DENY);
        for (Traffic probe : each.probes()) {
            if (passes(each.before(), probe) && !passes(after, probe)) {
                assertThat(probe.service()).as(situation).isEqualTo(traffic.service());
                assertThat(isLike(probe.source(), traffic.source()))
                        .as(() -> situation.get() + probe)
                        .isTrue();
                assertThat(isLike(probe.destination(), traffic.destination()))
                        .as(() -> situation.get() + probe)
                        .isTrue();
            }
        }
        return true;
    }

    /** True if the connection is denied and every side that denies has a patch. */
    private static boolean denies(Explanation explanation, @Nullable String patch) {
        boolean egress = explanation.decision().egress().expected() != Expected.DENY
                || explanation.egress().patch() != null;
        boolean ingress = explanation.decision().ingress().expected() != Expected.DENY
                || explanation.ingress().patch() != null;
        return patch != null && egress && ingress;
    }

    private static List<Traffic> draw(RandomWorld world, List<Peer> pods) {
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
}
