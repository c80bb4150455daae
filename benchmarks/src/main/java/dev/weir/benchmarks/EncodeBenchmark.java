package dev.weir.benchmarks;

import dev.weir.model.Flow;
import dev.weir.model.codec.FlowCodec;
import dev.weir.model.codec.FlowJson;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encodes one flow between two named pods as protobuf, beside the JSON writer on the same flow. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class EncodeBenchmark {
    private static final String FLOW =
            "{'start_ms':1790000000123,'end_ms':1790000000456,'source':{'ip':'10.0.1.5','port':51234,'bytes':1840,"
                    + "'packets':12,'tcp_flags':['SYN','ACK','FIN'],'namespace':'shop','pod':'web-6c54bd5869-x2x9k',"
                    + "'workload':'web','workload_kind':'Deployment','labels':{'app':'web','pod-template-hash':'6c54bd5869',"
                    + "'tier':'front','version':'v1'},'node':'node-1','zone':'eu-central-1a'},'destination':{'ip':'10.0.2.9',"
                    + "'port':5432,'bytes':48211,'packets':40,'tcp_flags':['SYN','ACK','FIN'],'namespace':'shop','pod':'db-0',"
                    + "'workload':'db','workload_kind':'StatefulSet','labels':{'app':'db','controller-revision-hash':"
                    + "'db-7b9c5d8f6','statefulset.kubernetes.io/pod-name':'db-0'},'node':'node-2','service':'db',"
                    + "'zone':'eu-central-1b'},'protocol':'TCP','verdict':'FORWARDED','direction':'EGRESS','is_reply':false,"
                    + "'cluster':'production','reporter':'node-1','collector':'hubble'}";

    private @Nullable Flow flow;

    @Setup
    public void setUp() {
        flow = FlowJson.decode(FLOW.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        System.out.println("protobuf " + protobuf().length + " bytes, JSON " + json().length + " bytes");
    }

    @Benchmark
    public byte[] protobuf() {
        return FlowCodec.encode(Objects.requireNonNull(flow));
    }

    @Benchmark
    public byte[] json() {
        return FlowJson.encode(Objects.requireNonNull(flow));
    }
}
