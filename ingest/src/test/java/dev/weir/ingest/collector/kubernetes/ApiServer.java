package dev.weir.ingest.collector.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.codec.Json;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.websocket.WsContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The part of an API server that informers and a leader election use; watches are web sockets. */
final class ApiServer implements AutoCloseable {
    final AtomicInteger lists = new AtomicInteger();

    private final Javalin server;
    private final Map<String, Map<String, ObjectNode>> objects = new ConcurrentHashMap<>();
    private final Map<String, TreeMap<Integer, String>> history = new ConcurrentHashMap<>();
    /** The version up to which the history is forgotten; a watch from before it is refused. */
    private final Map<String, Integer> compacted = new ConcurrentHashMap<>();

    private final Map<String, List<WsContext>> watches = new ConcurrentHashMap<>();
    private final Map<String, ObjectNode> leases = new TreeMap<>();
    private final Set<WatchedKinds.Kind> served = ConcurrentHashMap.newKeySet();
    private volatile boolean discoveryFails;
    private int version = 100;
    private volatile boolean leasesRefused;

    ApiServer() {
        this(0);
    }

    ApiServer(int port) {
        server = Javalin.create(this::configure).start("127.0.0.1", port);
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.routes.get(
                "/version",
                context -> answer(context, 200, "{\"major\":\"1\",\"minor\":\"31\",\"gitVersion\":\"v1.31.0\"}"));
        String lease = "/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases";
        config.routes.post(lease, this::makeLease);
        config.routes.get(lease + "/{name}", this::getLease);
        config.routes.put(lease + "/{name}", this::changeLease);
        config.routes.patch(lease + "/{name}", this::changeLease);
        config.routes.get("/apis/{group}/{version}", this::discover);
        for (String path : List.of("/api/v1/{plural}", "/apis/{group}/{version}/{plural}")) {
            config.routes.get(path, this::list);
            config.routes.ws(path, socket -> {
                socket.onConnect(this::watch);
                socket.onClose(context -> watches.values().forEach(open -> open.remove(context)));
            });
        }
    }

    String kubeconfig() {
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(server.port());
    }

    /** Refuses to renew leases, or accepts it again. */
    void refuseLeases(boolean refused) {
        leasesRefused = refused;
    }

    boolean isWatched(String plural) {
        return !watches.getOrDefault(plural, List.of()).isEmpty();
    }

    /** Adds or replaces an object and notifies the watches. */
    synchronized void put(String plural, String json) {
        try {
            ObjectNode object = (ObjectNode) Json.MAPPER.readTree(json);
            object.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
            boolean known = objects.computeIfAbsent(plural, name -> new ConcurrentHashMap<>())
                            .put(name(object), object)
                    != null;
            notify(plural, known ? "MODIFIED" : "ADDED", object);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    synchronized void delete(String plural, String name) {
        ObjectNode object = objects.get(plural).remove(name);
        object.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
        notify(plural, "DELETED", object);
    }

    /**
     * Forgets the position of the watches, as a server does whose history was compacted; changes by {@code meanwhile}
     * reach no watch.
     */
    synchronized void forget(String plural, Runnable meanwhile) {
        List<WsContext> open = watches.remove(plural);
        meanwhile.run();
        history.remove(plural);
        compacted.put(plural, version);
        for (WsContext each : open == null ? List.<WsContext>of() : open) {
            each.send(expired());
        }
    }

    private static String expired() {
        ObjectNode status = Json.MAPPER.createObjectNode();
        status.put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("reason", "Expired");
        status.put("code", 410).put("message", "too old resource version");
        return event("ERROR", status);
    }

    @Override
    public void close() {
        server.stop();
    }

    private void notify(String plural, String type, ObjectNode object) {
        String event = event(type, object);
        history.computeIfAbsent(plural, name -> new TreeMap<>()).put(version, event);
        watches.getOrDefault(plural, List.of()).forEach(each -> each.send(event));
    }

    private static String event(String type, JsonNode object) {
        return Json.MAPPER
                .createObjectNode()
                .put("type", type)
                .set("object", object)
                .toString();
    }

    /** Serves a kind that was missing at the start, as when its definition is added. */
    void serve(WatchedKinds.Kind kind) {
        served.add(kind);
    }

    /** Makes discovery fail, as that of an unreachable aggregated server does, or succeed again. */
    void failDiscovery(boolean fails) {
        discoveryFails = fails;
    }

    /**
     * Returns the collection of a path, its plural; kinds of Calico share theirs with others, so their group precedes
     * it.
     */
    private static String collection(Map<String, String> path) {
        String group = path.getOrDefault("group", "");
        return (group.endsWith("projectcalico.org") ? group + "/" : "") + path.get("plural");
    }

    private void discover(Context context) {
        ObjectNode list = Json.MAPPER.createObjectNode();
        String version = context.pathParam("group") + "/" + context.pathParam("version");
        list.put("kind", "APIResourceList").put("apiVersion", "v1").put("groupVersion", version);
        ArrayNode resources = list.putArray("resources");
        served.stream().filter(kind -> kind.apiVersion().equals(version)).forEach(kind -> resources
                .addObject()
                .put("name", kind.plural())
                .put("kind", kind.kind())
                .put("namespaced", kind.namespaced()));
        boolean isThere = !resources.isEmpty();
        int code = discoveryFails ? 503 : isThere ? 200 : 404;
        answer(context, code, code == 200 ? list.toString() : "{\"kind\":\"Status\",\"code\":" + code + "}");
    }

    private void list(Context context) {
        lists.incrementAndGet();
        ObjectNode list = Json.MAPPER.createObjectNode().put("kind", "List").put("apiVersion", "v1");
        String selector = context.queryParam("fieldSelector");
        String only = selector == null ? "" : selector.replace("metadata.name=", "");
        synchronized (this) {
            list.putObject("metadata").put("resourceVersion", String.valueOf(version));
            ArrayNode items = list.putArray("items");
            objects.getOrDefault(collection(context.pathParamMap()), Map.of()).values().stream()
                    .filter(object -> only.isEmpty()
                            || only.equals(object.path("metadata").path("name").asText()))
                    .forEach(items::add);
        }
        answer(context, 200, list.toString());
    }

    private synchronized void watch(WsContext context) {
        context.session.setIdleTimeout(Duration.ofMinutes(10));
        String plural = collection(context.pathParamMap());
        String given = context.queryParam("resourceVersion");
        int from = given == null ? version : Integer.parseInt(given);
        if (from < compacted.getOrDefault(plural, 0)) {
            context.send(expired());
            return;
        }
        history.getOrDefault(plural, new TreeMap<>())
                .tailMap(from, false)
                .values()
                .forEach(context::send);
        watches.computeIfAbsent(plural, name -> new CopyOnWriteArrayList<>()).add(context);
    }

    private synchronized void getLease(Context context) {
        ObjectNode known = leases.get(context.pathParam("name"));
        answer(context, known == null ? 404 : 200, known == null ? "{}" : known.toString());
    }

    private synchronized void makeLease(Context context) throws IOException {
        ObjectNode lease = (ObjectNode) Json.MAPPER.readTree(context.bodyAsBytes());
        boolean taken = leases.containsKey(name(lease));
        lease.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
        leases.putIfAbsent(name(lease), lease);
        answer(context, taken ? 409 : 201, taken ? "{\"code\":409}" : lease.toString());
    }

    private synchronized void changeLease(Context context) throws IOException {
        if (leasesRefused) {
            answer(context, 403, "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":403}");
            return;
        }
        ObjectNode known = leases.get(context.pathParam("name"));
        ObjectNode lease = (ObjectNode) Json.MAPPER.readTree(context.bodyAsBytes());
        String from = lease.path("metadata").path("resourceVersion").asText();
        boolean stale = known == null
                || (!from.isEmpty()
                        && !from.equals(
                                known.path("metadata").path("resourceVersion").asText()));
        if (!stale) {
            known.setAll(lease);
            known.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
        }
        answer(context, stale ? 409 : 200, stale ? "{\"code\":409}" : known.toString());
    }

    private static String name(ObjectNode object) {
        return object.path("metadata").path("name").asText();
    }

    private static void answer(Context context, int code, String body) {
        context.status(code).contentType("application/json").result(body);
    }
}
