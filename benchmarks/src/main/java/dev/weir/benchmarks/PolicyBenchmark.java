package dev.weir.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Decider;
import dev.weir.policy.Decision;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Traffic;
import dev.weir.policy.dialect.istio.Hbone;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The policy engine over 1,000 policies of a dialect and 10,000 pods, on one core. A lookup in a HashMap is the
 * reference.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PolicyBenchmark {
    private static final int MASK = 1023;

    /** The dialect of the policies. */
    @Param({"kubernetes", "cilium", "calico", "istio"})
    public String dialect = "kubernetes";

    private final Map<Traffic, Decision> map = new HashMap<>();
    private final Map<Traffic, Decision> mapOfMany = new HashMap<>();
    private @Nullable BigPolicies others;
    private List<ObjectNode> objects = List.of();
    private ClusterFacts facts = ClusterFacts.NONE;
    private PolicySet set = PolicySet.EMPTY;
    private Decider decider = new Decider(set);
    private Traffic[] few = new Traffic[0];
    private Traffic[] many = new Traffic[0];
    private int next;

    @Setup
    public void setUp() {
        others = dialect.equals("kubernetes") ? null : BigPolicies.valueOf(dialect.toUpperCase(Locale.ROOT));
        objects = others == null ? BigCluster.policies() : others.all();
        facts = BigCluster.facts(objects);
        set = compiled();
        decider = new Decider(set);
        many = BigCluster.traffic(1 << 17, others == BigPolicies.ISTIO);
        few = Arrays.copyOf(many, MASK + 1);
        for (Traffic traffic : many) {
            mapOfMany.put(traffic, decider.decide(traffic));
        }
        for (Traffic traffic : few) {
            map.put(traffic, decider.decide(traffic));
        }
    }

    /** The cost of one look-up alone. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public @Nullable Decision reference() {
        next++;
        return map.get(few[next & MASK]);
    }

    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public Decision cached() {
        next++;
        return decider.decide(few[next & MASK]);
    }

    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public Decision uncached() {
        next++;
        return set.decide(many[next & (1 << 17) - 1]);
    }

    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public Decider compile() {
        return new Decider(compiled());
    }

    private PolicySet compiled() {
        return PolicySet.of(BigCluster.compile(objects, facts)).sentBy(new Hbone(facts));
    }

    /**
     * The decision of {@link #cached} among 131,072 connections of 10,000 pods, more than a processor's cache holds.
     */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public Decision cachedMany() {
        next++;
        return decider.decide(many[next & (1 << 17) - 1]);
    }

    /** The cost of the same number of look-ups in a HashMap. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public @Nullable Decision referenceMany() {
        next++;
        return mapOfMany.get(many[next & (1 << 17) - 1]);
    }

    /** One policy given another port under a decider that knows all 10,000 pods, and the first decision after it. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public Decision change() {
        next++;
        int port = 10_000 + next % 50_000;
        ObjectNode object =
                others == null ? BigCluster.allow("ns" + next % 400, next % 400, port) : others.allow(next % 400, port);
        Policy changed = BigCluster.compile(List.of(object), facts).get(0);
        return decider.with(set.with(changed)).decide(few[next & MASK]);
    }
}
