package dev.weir.benchmarks;

import dev.weir.model.Endpoint;
import java.util.Objects;
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

/** Copies an endpoint with other counters, as pairing and naming do. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CopyBenchmark {
    @Param({"10.0.1.5", "2001:db8:0:12:a00:27ff:fe4e:66a1"})
    public String ip = "10.0.1.5";

    private final Long bytes = 1_840L;
    private final Long packets = 12L;
    private final Integer flags = 19;
    private @Nullable Endpoint end;

    @Setup
    public void setUp() {
        end = Endpoint.of(ip, 5432).named("shop", "db-0", "node-1", "db").owned("db", "StatefulSet");
    }

    @Benchmark
    public Endpoint withCounters() {
        return Objects.requireNonNull(end).withCounters(bytes, packets, flags);
    }
}
