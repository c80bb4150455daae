package dev.weir.ingest.collector.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** As much of an API server as an informer and a leader election speak to. */
final class ApiServer implements AutoCloseable {
    private static final String END = "end";

    final AtomicInteger lists = new AtomicInteger();

    private final HttpServer server;
    private final Map<String, Map<String, ObjectNode>> objects = new ConcurrentHashMap<>();
    private final Map<String, List<BlockingQueue<String>>> watches = new ConcurrentHashMap<>();
    private final Map<String, ObjectNode> leases = new TreeMap<>();
    private int version = 100;

    ApiServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "api-server");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::handle);
        server.start();
    }

    String kubeconfig() {
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(server.getAddress().getPort());
    }

    /** Adds or replaces an object and tells those who watch. */
    synchronized void put(String plural, String json) {
        try {
            ObjectNode object = (ObjectNode) Json.MAPPER.readTree(json);
            ObjectNode metadata = object.withObject("/metadata");
            metadata.put("resourceVersion", String.valueOf(++version));
            Map<String, ObjectNode> all = objects.computeIfAbsent(plural, name -> new ConcurrentHashMap<>());
            boolean known = all.put(name(object), object) != null;
            tell(plural, known ? "MODIFIED" : "ADDED", object);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    synchronized void delete(String plural, String name) {
        ObjectNode object = objects.get(plural).remove(name);
        object.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
        tell(plural, "DELETED", object);
    }

    /** Forgets where the watches were, as a server does whose history was compacted; {@code meanwhile} nobody is told of. */
    synchronized void forget(String plural, Runnable meanwhile) {
        List<BlockingQueue<String>> open = watches.remove(plural);
        meanwhile.run();
        ObjectNode status = Json.MAPPER.createObjectNode();
        status.put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("reason", "Expired");
        status.put("code", 410).put("message", "too old resource version");
        for (BlockingQueue<String> each : open == null ? List.<BlockingQueue<String>>of() : open) {
            each.add(event("ERROR", status));
            each.add(END);
        }
    }

    @Override
    public void close() {
        watches.values().forEach(open -> open.forEach(each -> each.add(END)));
        server.stop(0);
    }

    private void tell(String plural, String type, ObjectNode object) {
        watches.getOrDefault(plural, List.of()).forEach(each -> each.add(event(type, object)));
    }

    private static String event(String type, JsonNode object) {
        return Json.MAPPER
                        .createObjectNode()
                        .put("type", type)
                        .set("object", object)
                        .toString() + "\n";
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            if (path.equals("/version")) {
                answer(exchange, 200, "{\"major\":\"1\",\"minor\":\"31\",\"gitVersion\":\"v1.31.0\"}");
            } else if (path.contains("/leases")) {
                lease(exchange, path);
            } else if (path.matches("/apis/[^/]+/[^/]+")) {
                answer(exchange, 404, "{\"kind\":\"Status\",\"code\":404}");
            } else if (query.contains("watch=true")) {
                watch(exchange, path.substring(path.lastIndexOf('/') + 1));
            } else {
                list(exchange, path.substring(path.lastIndexOf('/') + 1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void list(HttpExchange exchange, String plural) throws IOException {
        lists.incrementAndGet();
        ObjectNode list = Json.MAPPER.createObjectNode().put("kind", "List").put("apiVersion", "v1");
        synchronized (this) {
            list.putObject("metadata").put("resourceVersion", String.valueOf(version));
            ArrayNode items = list.putArray("items");
            objects.getOrDefault(plural, Map.of()).values().forEach(items::add);
        }
        answer(exchange, 200, list.toString());
    }

    private void watch(HttpExchange exchange, String plural) throws IOException, InterruptedException {
        if (exchange.getRequestHeaders().containsKey("Upgrade")) {
            // No web sockets here; the client then watches over plain HTTP.
            answer(exchange, 503, "{}");
            return;
        }
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        synchronized (this) {
            watches.computeIfAbsent(plural, name -> new CopyOnWriteArrayList<>())
                    .add(events);
        }
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        out.flush();
        String event = "";
        while (!event.equals(END)) {
            event = events.poll(60, TimeUnit.SECONDS);
            if (event == null || event.equals(END)) {
                return;
            }
            out.write(event.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    private void lease(HttpExchange exchange, String path) throws IOException {
        String name = path.substring(path.lastIndexOf('/') + 1);
        byte[] body = exchange.getRequestBody().readAllBytes();
        synchronized (this) {
            ObjectNode known = leases.get(name);
            switch (exchange.getRequestMethod()) {
                case "GET" -> answer(exchange, known == null ? 404 : 200, known == null ? "{}" : known.toString());
                case "POST" -> {
                    ObjectNode lease = (ObjectNode) Json.MAPPER.readTree(body);
                    String its = name(lease);
                    boolean taken = leases.containsKey(its);
                    lease.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
                    leases.putIfAbsent(its, lease);
                    answer(exchange, taken ? 409 : 201, taken ? "{\"code\":409}" : lease.toString());
                }
                default -> {
                    ObjectNode lease = (ObjectNode) Json.MAPPER.readTree(body);
                    String from = lease.path("metadata").path("resourceVersion").asText();
                    boolean stale = known == null
                            || !from.isEmpty()
                                    && !from.equals(known.path("metadata")
                                            .path("resourceVersion")
                                            .asText());
                    if (!stale) {
                        known.setAll(lease);
                        known.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
                    }
                    answer(exchange, stale ? 409 : 200, stale ? "{\"code\":409}" : known.toString());
                }
            }
        }
    }

    private static String name(ObjectNode object) {
        return object.path("metadata").path("name").asText();
    }

    private static void answer(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
