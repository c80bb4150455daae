package dev.weir.policy.random;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Expected;
import dev.weir.policy.Decider;
import dev.weir.policy.Decision;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clusters with the policies of Kubernetes, of Cilium or Calico, and of Istio at once, against plain evaluators. */
class RandomMixedTest {
    private static final int WORLDS = 10;
    private static final int MANY_WORLDS = 1_000;
    private static final int CONNECTIONS = 100;

    private final Map<Expected, Integer> decisions = new EnumMap<>(Expected.class);
    private int looselyUnknown;

    @Test
    void engineDecidesAsThePlainEvaluatorsTogether() {
        run(0, WORLDS);
    }

    @Test
    @Tag("long")
    void engineDecidesAsTheyDoInManyWorlds() {
        run(WORLDS, MANY_WORLDS);
    }

    void run(int first, int count) {
        for (int seed = first; seed < first + count; seed++) {
            world(seed);
        }
        System.out.println("mixed " + decisions + "; unknown to the engine alone: " + looselyUnknown);
        assertThat(decisions).containsOnlyKeys(Expected.ALLOW, Expected.DENY, Expected.UNKNOWN);
        assertThat(decisions.values()).allMatch(each -> each > count);
        assertThat(looselyUnknown).isLessThan(count);
    }

    private void world(int seed) {
        boolean isCilium = seed % 2 == 0;
        RandomObjects world = isCilium ? new RandomCilium(seed) : new RandomCalico(seed);
        RandomIstio istio = new RandomIstio(world);
        Cluster cluster = PlainComparison.cluster(seed, world.all());
        PlainDialect network = isCilium ? new PlainCilium(world.all()) : new PlainCalico(world.all());
        PlainMixed plain = new PlainMixed(network, world.all());
        Decider decider = new Decider(cluster.policies());
        for (int i = 0; i < CONNECTIONS; i++) {
            PlainPacket record = PlainMixed.asInFlows(istio.connection());
            if (!plain.mesh().isAmbiguous(record)) {
                Traffic traffic = PlainMeshComparison.traffic(cluster, record);
                compare(seed, plain, record, cluster.policies().decide(traffic), world);
                assertThat(decider.decide(traffic).expected())
                        .isEqualTo(cluster.policies().decide(traffic).expected());
            }
        }
    }

    private void compare(int seed, PlainMixed plain, PlainPacket record, Decision decision, RandomObjects world) {
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
        throw new AssertionError("seed " + seed + ", " + record.display() + ": the engine says " + decision
                + ", the plain evaluators " + plain.side(record, true) + ", " + plain.side(record, false) + ", "
                + plain.mesh().decide(record) + "\n" + PlainComparison.yaml(world.policies));
    }
}
