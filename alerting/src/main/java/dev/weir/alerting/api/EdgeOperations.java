package dev.weir.alerting.api;

import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.store.EdgeCounts;
import dev.weir.alerting.store.EdgeResolution;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.alerting.store.StoredEdge;
import dev.weir.common.Millis;
import dev.weir.model.ProtocolPort;
import io.javalin.http.HttpResponseException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Operations of edges and of the service map over a span of time. */
final class EdgeOperations {
    private static final int MOST_OF_MAP = 10_000;

    private final EdgeStore store;
    private final InstantSource clock;

    /** Edges, the most used first. */
    record EdgeList(long fromMs, long toMs, EdgeResolution resolution, List<EdgeStore.Used> edges) {}

    /**
     * Nodes and links of a span of time.
     *
     * @param truncated true if there were more edges than the limit
     */
    record ServiceMap(
            long fromMs, long toMs, EdgeResolution resolution, List<Node> nodes, List<Link> links, boolean truncated) {}

    /**
     * An end of links.
     *
     * @param id the entity's key; with a cluster name and a bar in front for a named cluster, since clusters share
     *     workload names
     * @param namespace absent for ends outside of the cluster
     */
    record Node(
            String id, @Nullable String cluster, @Nullable String namespace) {}

    /**
     * The sum of all edges from a source to a destination.
     *
     * @param services protocol and port of each edge, sorted
     */
    record Link(String source, String destination, List<String> services, EdgeCounts sum) {}

    EdgeOperations(EdgeStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    List<Operation> operations() {
        List<Param> time = List.of(
                Param.text("cluster", "name of the cluster"),
                Param.text("namespace", "namespace of the source or the destination"),
                Param.time("from_ms", "start of the span; a day before its end by default"),
                Param.time("to_ms", "end of the span; now by default"),
                Param.number("limit", "most edges of the answer", 1, MOST_OF_MAP));
        return List.of(
                Operation.get(
                        "/edges",
                        "listEdges",
                        "Lists the edges of a span of time, the most used first.",
                        EdgeList.class,
                        time,
                        this::edges),
                Operation.get(
                        "/service-map",
                        "getServiceMap",
                        "Returns the service map of a span of time: which workloads connected to which.",
                        ServiceMap.class,
                        time,
                        this::map));
    }

    private Answer edges(Call call) throws SQLException {
        return Answer.of(found(call, call.limit()));
    }

    private EdgeList found(Call call, int limit) throws SQLException {
        Long from = call.number("from_ms");
        Long to = call.number("to_ms");
        long now = clock.millis();
        long end = to == null ? now : to;
        long start = from == null ? end - Millis.DAY : from;
        if (start >= end) {
            throw new HttpResponseException(400, "from_ms must be before to_ms");
        }
        EdgeResolution resolution = EdgeResolution.of(start, end, now);
        return new EdgeList(
                start,
                end,
                resolution,
                store.used(call.text("cluster"), call.text("namespace"), start, end, resolution, call.scope(), limit));
    }

    private Answer map(Call call) throws SQLException {
        Long wanted = call.number("limit");
        int limit = wanted == null ? MOST_OF_MAP : wanted.intValue();
        EdgeList found = found(call, limit + 1);
        Map<String, Node> nodes = new TreeMap<>();
        Map<String, Link> links = new TreeMap<>();
        found.edges().stream().limit(limit).forEach(used -> {
            StoredEdge edge = used.edge();
            String source = id(edge.cluster(), edge.source());
            String destination = id(edge.cluster(), edge.destination());
            nodes.put(source, new Node(source, edge.cluster(), edge.sourceNamespace()));
            nodes.put(destination, new Node(destination, edge.cluster(), edge.destinationNamespace()));
            String service = ProtocolPort.text(edge.protocol(), edge.port());
            Link link = new Link(source, destination, List.of(service), used.sum());
            links.merge(source + "\n" + destination, link, EdgeOperations::merged);
        });
        return Answer.of(new ServiceMap(
                found.fromMs(),
                found.toMs(),
                found.resolution(),
                List.copyOf(nodes.values()),
                List.copyOf(links.values()),
                found.edges().size() > limit));
    }

    private static String id(@Nullable String cluster, String key) {
        return cluster == null ? key : cluster + "|" + key;
    }

    private static Link merged(Link a, Link b) {
        List<String> services = new ArrayList<>(a.services());
        services.addAll(b.services());
        return new Link(
                a.source(),
                a.destination(),
                services.stream().sorted().distinct().toList(),
                a.sum().plus(b.sum()));
    }
}
