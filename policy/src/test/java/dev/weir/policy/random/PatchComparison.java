package dev.weir.policy.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.model.Expected;
import dev.weir.policy.Decision;
import dev.weir.policy.Peer;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.explain.DenyPolicy;
import dev.weir.policy.explain.Explainer;
import dev.weir.policy.explain.Explanation;
import dev.weir.policy.explain.SideExplanation;
import dev.weir.policy.manifest.StableLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;

/**
 * Applies patches and denials in random worlds of a dialect, and compares the decisions about all other connections
 * before and after.
 */
final class PatchComparison {
    private static final int CONNECTIONS = 12;

    private final LongFunction<RandomObjects> worlds;
    private int patched;
    private int denied;
    private int unpatched;
    private int undenied;

    PatchComparison(LongFunction<RandomObjects> worlds) {
        this.worlds = worlds;
    }

    /** A connection in a world, with the text of a change about it. */
    private record Case(Cluster before, List<ObjectNode> objects, Traffic traffic, String change) {
        Cluster after() {
            try {
                return cluster(AppliedPatch.to(objects, change));
            } catch (JsonProcessingException e) {
                throw new AssertionError(change, e);
            }
        }

        /** True if the change may have an effect on a connection: it is like the one that is meant. */
        boolean isAbout(Traffic probe) {
            boolean source = isLike(probe.source(), traffic.source())
                    || change.contains("principals") && hasIdentityOf(probe.source(), traffic.source());
            boolean destination = isLike(probe.destination(), traffic.destination());
            boolean isWider = change.contains("cannot be allowed alone");
            // A rule in a policy that there is holds for the pods that the policy is about.
            boolean isAddition = change.contains("kubectl patch");
            return (isWider || probe.service().equals(traffic.service()))
                    && (isAddition ? source || destination : source && destination);
        }

        /** True for a pod of the same service account, and for an address whose identity is not known. */
        private static boolean hasIdentityOf(Peer probe, Peer meant) {
            Peer.Pod pod = probe.pod();
            Peer.Pod other = meant.pod();
            if (pod == null || other == null) {
                return probe.node() == null && pod == null;
            }
            return pod.namespace().equals(other.namespace())
                    && Objects.equals(
                            pod.identity().serviceAccount(), other.identity().serviceAccount());
        }

        /** True for the same address, a node where the change is about several, or a pod with all lasting labels. */
        private boolean isLike(Peer probe, Peer meant) {
            if (meant.selectable() == null) {
                boolean isEntity = change.contains("Entities");
                return String.valueOf(meant.ip()).equals(probe.ip()) || isEntity && probe.selectable() == null;
            }
            Peer.Pod pod = probe.selectable();
            return pod != null
                    && pod.namespace().equals(meant.selectable().namespace())
                    && pod.identity()
                            .labels()
                            .entrySet()
                            .containsAll(StableLabels.of(
                                            meant.selectable().identity().labels())
                                    .entrySet());
        }
    }

    /** Compares in worlds of consecutive seeds. */
    void run(int first, int count) {
        for (int seed = first; seed < first + count; seed++) {
            world(seed);
        }
        System.out.println(this);
        assertThat(patched).as(toString()).isGreaterThan(count / 4);
        assertThat(denied).as(toString()).isGreaterThan(count / 4);
    }

    private void world(int seed) {
        RandomObjects world = worlds.apply(seed);
        List<ObjectNode> objects = world.all();
        Cluster cluster = cluster(objects);
        for (int i = 0; i < CONNECTIONS; i++) {
            Traffic traffic = PlainComparison.traffic(cluster, world.connection());
            Explanation explanation = Explainer.explain(cluster.policies(), traffic);
            String situation = "seed " + seed + ": " + traffic + "\n";
            switch (explanation.decision().expected()) {
                case DENY -> patch(cluster, objects, explanation, situation);
                case ALLOW, UNSELECTED -> deny(cluster, objects, traffic, situation);
                case UNKNOWN -> {}
            }
        }
    }

    private void patch(Cluster cluster, List<ObjectNode> objects, Explanation explanation, String situation) {
        boolean isWhole = explanation.sides().stream()
                .allMatch(side -> side.decision().expected() != Expected.DENY || side.patch() != null);
        if (!isWhole) {
            unpatched++;
            return;
        }
        patched++;
        Case each = new Case(cluster, objects, explanation.traffic(), String.valueOf(explanation.patch()));
        Cluster after = each.after();
        Decision decision = after.policies().decide(each.traffic());
        assertThat(decision.expected()).as(situation + each.change()).isNotIn(Expected.DENY);
        for (SideExplanation side : explanation.sides()) {
            if (side.patch() != null && side == explanation.egress()) {
                assertThat(passes(decision.egress()))
                        .as(situation + each.change())
                        .isTrue();
            }
            if (side.patch() != null && side == explanation.mesh()) {
                assertThat(passes(decision.mesh()))
                        .as(situation + each.change())
                        .isTrue();
            }
            if (side.patch() != null && side == explanation.ingress()) {
                assertThat(passes(decision.ingress()))
                        .as(situation + each.change())
                        .isTrue();
            }
        }
        compare(each, after, situation, true);
    }

    private void deny(Cluster cluster, List<ObjectNode> objects, Traffic traffic, String situation) {
        String policy = DenyPolicy.of(cluster.policies(), traffic);
        if (policy == null) {
            undenied++;
            return;
        }
        denied++;
        Case each = new Case(cluster, objects, traffic, policy);
        Cluster after = each.after();
        assertThat(after.policies().decide(traffic).expected())
                .as(situation + policy)
                .isEqualTo(Expected.DENY);
        compare(each, after, situation, false);
    }

    private static void compare(Case each, Cluster after, String situation, boolean allows) {
        for (Traffic probe : probes(each)) {
            Decision was = each.before().policies().decide(probe);
            Decision is = after.policies().decide(probe);
            if (!isEqual(was, is)) {
                String what = situation + each.change() + "changes " + probe + "\nfrom " + was + "\nto " + is;
                assertThat(each.isAbout(probe)).as(what).isTrue();
                assertThat(allows ? worse(was, is) : worse(is, was)).as(what).isFalse();
            }
        }
    }

    private static boolean isEqual(Decision was, Decision is) {
        return passes(was.egress()) == passes(is.egress())
                && passes(was.ingress()) == passes(is.ingress())
                && passes(was.mesh()) == passes(is.mesh())
                && (was.expected() == Expected.UNKNOWN) == (is.expected() == Expected.UNKNOWN);
    }

    /** True if a side that did not deny denies now. */
    private static boolean worse(Decision was, Decision is) {
        return was.egress().expected() != Expected.DENY && is.egress().expected() == Expected.DENY
                || was.ingress().expected() != Expected.DENY && is.ingress().expected() == Expected.DENY
                || was.mesh().expected() != Expected.DENY && is.mesh().expected() == Expected.DENY;
    }

    private static List<Traffic> probes(Case each) {
        List<Peer> ends = new ArrayList<>();
        each.before().members().forEach(member -> ends.addAll(member.peers()));
        ends.addAll(each.before().nodesByAddress().values());
        RandomObjects.OUTSIDE.forEach(ip -> ends.add(Peer.address(ip)));
        Traffic traffic = each.traffic();
        List<Traffic> probes = new ArrayList<>();
        for (Peer from : ends) {
            for (Peer to : ends) {
                probes.add(new Traffic(from, to, traffic.protocol(), traffic.port(), traffic.l7(), traffic.mesh()));
                probes.add(new Traffic(from, to, "TCP", 8081));
                probes.add(new Traffic(from, to, "UDP", 53));
                probes.add(new Traffic(from, to, "ICMP", null));
            }
        }
        return probes;
    }

    private static boolean passes(SideDecision side) {
        return side.expected() == Expected.ALLOW || side.expected() == Expected.UNSELECTED;
    }

    static Cluster cluster(List<ObjectNode> objects) {
        Cluster cluster = Cluster.whole(objects.stream()
                .map(object -> Manifest.of("world", object.deepCopy()))
                .toList());
        assertThat(cluster.problems()).isEmpty();
        assertThat(cluster.refused()).isEmpty();
        assertThat(cluster.mistakesInForce()).isEmpty();
        return cluster;
    }

    @Override
    public String toString() {
        return patched + " patches, none for " + unpatched + " denials; " + denied + " denials, none for " + undenied;
    }
}
