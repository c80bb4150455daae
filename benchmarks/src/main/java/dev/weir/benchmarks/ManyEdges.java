package dev.weir.benchmarks;

import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import java.util.ArrayList;
import java.util.List;

/** Ordinary connections over a given number of edges: some of the edges in each time, a few connections on each. */
final class ManyEdges {
    private final int edges;
    private final int peers;
    private final int atOnce;
    private final double flowsOfAnEdge;
    private int next;

    /**
     * Begins at the first edge.
     *
     * @param peers the number of destinations of each source
     * @param atOnce the number of edges in one call of {@link #between}
     * @param flowsOfAnEdge the mean number of connections of each of them; with 1.7, of ten edges seven have two
     */
    ManyEdges(int edges, int peers, int atOnce, double flowsOfAnEdge) {
        this.edges = edges;
        this.peers = peers;
        this.atOnce = atOnce;
        this.flowsOfAnEdge = flowsOfAnEdge;
    }

    /** Returns connections over all edges in each time. */
    static ManyEdges all(int edges, int peers, double flowsOfAnEdge) {
        return new ManyEdges(edges, peers, edges, flowsOfAnEdge);
    }

    List<Flow> between(long fromMs, long toMs) {
        int count = Math.min(edges, atOnce);
        int turns = (int) Math.ceil(flowsOfAnEdge);
        List<Flow> flows = new ArrayList<>(count * turns);
        for (int turn = 0; turn < turns; turn++) {
            long at = fromMs + (toMs - fromMs) * turn / turns;
            double share = Math.min(1, flowsOfAnEdge - turn);
            for (int i = 0; i < count; i++) {
                if ((long) ((i + 1) * share) > (long) (i * share)) {
                    flows.add(flow((next + i) % edges, at + i % 1_000));
                }
            }
        }
        next = (next + count) % edges;
        return flows;
    }

    private Flow flow(int edge, long at) {
        return Flow.builder()
                .startMs(at)
                .endMs(at + 200)
                .source(end("client", edge / peers, 10, 40_000 + (int) (at % 20_000)))
                .destination(end("server", edge % peers, 20, 8080))
                .protocol("TCP")
                .verdict(Verdict.FORWARDED)
                .reporter("node-1")
                .collector("benchmark")
                .build();
    }

    private static Endpoint end(String role, int number, int block, int port) {
        String name = role + "-" + number;
        return Endpoint.builder()
                .ip("10." + block + "." + (number >> 8) + "." + (number & 255))
                .port(port)
                .bytes(1_000L)
                .packets(8L)
                .tcpFlags(TcpFlags.SYN | TcpFlags.ACK | TcpFlags.FIN)
                .namespace("team-" + number % 20)
                .pod(name + "-0")
                .workload(name)
                .workloadKind("Deployment")
                .build();
    }
}
