package dev.weir.alerting.api;

import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.alerting.store.EdgeStore.Resolution;
import io.javalin.http.HttpResponseException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who speaks to whom, over a time. */
final class EdgeOperations {
    private static final int MOST_OF_MAP = 10_000;

    private final EdgeStore store;
    private final InstantSource clock;

    /** The most used first. */
    record EdgeList(long fromMs, long toMs, Resolution resolution, List<EdgeStore.Used> edges) {}

    /** @param truncated whether there were more edges than are shown */
    record ServiceMap(
            long fromMs, long toMs, Resolution resolution, List<Node> nodes, List<Link> links, boolean truncated) {}

    /**
     * @param id of a node of a named cluster it begins with that name and a bar, since workloads of several may have one name
     * @param namespace absent for what is none of the cluster's
     */
    record Node(
            String id, @Nullable String cluster, @Nullable String namespace) {}

    /**
     * All that one speaks to another.
     *
     * @param services protocol and port, sorted
     */
    record Link(String source, String destination, List<String> services, EdgeStore.Sum sum) {}

    EdgeOperations(EdgeStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    List<Operation> operations() {
        List<Param> time = List.of(
                Param.text("cluster", "that they are in"),
                Param.text("namespace", "of either end"),
                Param.time("from_ms", "a day ago by default"),
                Param.time("to_ms", "now by default"),
                Param.number("limit", "how many edges at most", 1, MOST_OF_MAP));
        return List.of(
                Operation.get(
                        "/edges",
                        "listEdges",
                        "Edges that were used in a time, the most used first.",
                        EdgeList.class,
                        time,
                        this::edges),
                Operation.get(
                        "/service-map",
                        "getServiceMap",
                        "Who spoke to whom in a time.",
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
        long start = from == null ? end - Duration.ofDays(1).toMillis() : from;
        if (start >= end) {
            throw new HttpResponseException(400, "from_ms must be before to_ms");
        }
        Resolution resolution = Resolution.of(start, end, now);
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
            EdgeStore.Edge edge = used.edge();
            String source = id(edge.cluster(), edge.source());
            String destination = id(edge.cluster(), edge.destination());
            nodes.put(source, new Node(source, edge.cluster(), edge.sourceNamespace()));
            nodes.put(destination, new Node(destination, edge.cluster(), edge.destinationNamespace()));
            String service = edge.protocol() + (edge.port() == null ? "" : "/" + edge.port());
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
