package dev.weir.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.ingest.format.LineFormat;
import dev.weir.ingest.format.LineFormats;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowCodec;
import dev.weir.model.codec.Json;
import java.io.IOException;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decodes lines of JSON into flows on one core; the reference is Jackson parsing the same lines into trees. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class LinesBenchmark {
    private static final int LINES = 1024;

    @Param({"weir", "hubble", "netobserv", "calico", "zeek"})
    public String format = "weir";

    private final byte[][] lines = new byte[LINES][];
    private LineFormat.@Nullable Reader reader;
    private int next;

    @Setup
    public void setUp() {
        reader = Objects.requireNonNull(LineFormats.named(format)).reader();
        for (int i = 0; i < LINES; i++) {
            lines[i] = line(i).getBytes(StandardCharsets.UTF_8);
        }
    }

    @Benchmark
    public JsonNode jackson() throws IOException {
        return Json.MAPPER.readTree(lines[next++ & (LINES - 1)]);
    }

    @Benchmark
    public @Nullable Flow flow() {
        return Objects.requireNonNull(reader).read(lines[next++ & (LINES - 1)]);
    }

    /** Decodes and encodes as published. */
    @Benchmark
    public byte[] published() {
        return FlowCodec.encode(Objects.requireNonNull(flow()));
    }

    private String line(int i) {
        String text =
                switch (format) {
                    case "weir" ->
                        "{'start_ms':1790000000123,'end_ms':1790000000456,'source':{'ip':'10.0.1.5','port':PORT,"
                                + "'bytes':1840,'packets':12,'tcp_flags':['SYN','ACK','FIN'],'namespace':'shop','pod':'web-1',"
                                + "'workload':'web','workload_kind':'Deployment','labels':{'app':'web'},'node':'n1'},"
                                + "'destination':{'ip':'10.0.2.9','port':5432,'bytes':48211,'packets':40,'namespace':'shop',"
                                + "'pod':'db-0','workload':'db','workload_kind':'StatefulSet','service':'db'},"
                                + "'protocol':'TCP','verdict':'FORWARDED','reporter':'n1'}";
                    case "hubble" ->
                        "{'flow':{'time':'2026-11-22T10:00:00.123456789Z','verdict':'FORWARDED','ethernet':{"
                                + "'source':'0a:00:00:00:00:01','destination':'0a:00:00:00:00:02'},'IP':{'source':'10.0.1.5',"
                                + "'destination':'10.0.2.9','ipVersion':'IPv4'},'l4':{'TCP':{'source_port':PORT,"
                                + "'destination_port':5432,'flags':{'SYN':true}}},'source':{'ID':1,'identity':2,'namespace':"
                                + "'shop','labels':['k8s:app=web','k8s:io.kubernetes.pod.namespace=shop'],'pod_name':'web-1',"
                                + "'workloads':[{'name':'web','kind':'Deployment'}]},'destination':{'ID':3,'identity':4,"
                                + "'namespace':'shop','labels':['k8s:app=db'],'pod_name':'db-0','workloads':[{'name':'db',"
                                + "'kind':'StatefulSet'}]},'Type':'L3_L4','node_name':'c1/n1','event_type':{'type':4},"
                                + "'traffic_direction':'EGRESS','trace_observation_point':'TO_ENDPOINT','is_reply':false,"
                                + "'Summary':'TCP Flags: SYN'},'node_name':'c1/n1','time':'2026-11-22T10:00:00.123456789Z'}";
                    case "netobserv" ->
                        "{'SrcAddr':'10.0.1.5','SrcPort':PORT,'DstAddr':'10.0.2.9','DstPort':5432,'Proto':6,"
                                + "'Bytes':1840,'Packets':12,'Flags':19,'TimeFlowStartMs':1790000000123,'TimeFlowEndMs':"
                                + "1790000000456,'SrcK8S_Namespace':'shop','SrcK8S_Name':'web-1','SrcK8S_Type':'Pod',"
                                + "'SrcK8S_OwnerName':'web','SrcK8S_OwnerType':'Deployment','SrcK8S_HostName':'n1',"
                                + "'DstK8S_Namespace':'shop','DstK8S_Name':'db-0','DstK8S_Type':'Pod','DstK8S_OwnerName':'db',"
                                + "'DstK8S_OwnerType':'StatefulSet','FlowDirection':1,'AgentIP':'10.0.0.1','Sampling':1}";
                    case "calico" ->
                        "{'start_time':1790000000,'end_time':1790000015,'source_ip':'10.0.1.5','source_name':'web-1',"
                                + "'source_name_aggr':'web-*','source_namespace':'shop','source_port':PORT,'source_type':'wep',"
                                + "'source_labels':{'labels':['app=web']},'dest_ip':'10.0.2.9','dest_name':'db-0',"
                                + "'dest_name_aggr':'db-*','dest_namespace':'shop','dest_port':5432,'dest_type':'wep',"
                                + "'dest_labels':{'labels':['app=db']},'proto':'tcp','action':'allow','reporter':'src',"
                                + "'bytes_in':48211,'bytes_out':1840,'packets_in':40,'packets_out':12,'num_flows':1}";
                    default ->
                        "{'ts':1790000000.123456,'uid':'CHhAvVGS1DHFjwGM9','id.orig_h':'10.0.1.5','id.orig_p':PORT,"
                                + "'id.resp_h':'10.0.2.9','id.resp_p':5432,'proto':'tcp','service':'postgresql','duration':0.333,"
                                + "'orig_bytes':1200,'resp_bytes':47000,'conn_state':'SF','history':'ShADadFf','orig_pkts':12,"
                                + "'orig_ip_bytes':1840,'resp_pkts':40,'resp_ip_bytes':48211}";
                };
        return text.replace('\'', '"').replace("PORT", String.valueOf(32_768 + i));
    }
}
