package dev.weir.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.auth.Guard;
import dev.weir.alerting.auth.Tokens;
import dev.weir.alerting.cluster.ClusterView;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.service.NotificationGroups;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.ContextChange;
import dev.weir.model.Entity;
import dev.weir.model.codec.Json;
import io.prometheus.client.CollectorRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Starts the API on H2, with calls for tests. */
abstract class ApiHarness {
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    static final long NOW = 1_000_000;

    @TempDir
    Path folder;

    final CollectorRegistry registry = new CollectorRegistry();
    final AlertingMetrics metrics = new AlertingMetrics(registry);
    final AtomicBoolean ready = new AtomicBoolean();
    volatile long now = NOW;
    final InstantSource clock = () -> Instant.ofEpochMilli(now);
    final ClusterView cluster = new ClusterView(clock);
    int perSecond = 1_000_000;
    Links links = Links.to("https://weir.example");
    Database database;
    IncidentService incidents;
    Api api;

    @BeforeEach
    void start() {
        database = Databases.H2.open();
        incidents = IncidentService.of(
                database, new NotificationGroups(database, Routes.toAll(Map.of()), Map.of()), clock, metrics);
        api = api(Tokens.none(), HttpConfig.at(null, 0));
        api.start();
    }

    Api api(Tokens tokens, HttpConfig config) {
        Guard guard = new Guard(tokens, null, config.host(), config.publicUrl(), perSecond);
        return new Api(config, guard, database, incidents, cluster, links, clock, registry, ready::get, metrics);
    }

    @AfterEach
    void stop() {
        api.close();
        database.close();
    }

    void describe(String kind, String namespace, String name, String object) {
        cluster.apply(new ContextChange(kind, namespace, name, 0, "test", object));
    }

    void describeShop() {
        for (String name : List.of("web", "db")) {
            describe("Pod", "shop", name + "-0", """
                    {"metadata":{"labels":{"app":"%s"},"ownerReferences":[{"kind":"StatefulSet","name":"%s"}]},
                     "spec":{"containers":[{"ports":[{"containerPort":80}]}]},
                     "status":{"podIP":"10.0.0.%d"}}""".formatted(name, name, name.length()));
        }
        describe(
                "Pod",
                "other",
                "spy",
                "{\"metadata\":{\"labels\":{\"app\":\"spy\"}},\"status\":{\"podIP\":\"10.0.0.9\"}}");
        describe("NetworkPolicy", "shop", "db", """
                {"metadata":{"labels":{"weir.dev/mode":"audit"}},
                 "spec":{"podSelector":{"matchLabels":{"app":"db"}},"policyTypes":["Ingress"],
                 "ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"web"}}}],"ports":[{"port":5432}]}]}}""");
    }

    /** Restarts the API with one token for one namespace, and returns the header for it. */
    String[] onlyFor(String name, String role, String namespace) throws Exception {
        String token = Tokens.random();
        Path file = folder.resolve("tokens.yaml");
        Files.writeString(
                file,
                "tokens: [{name: %s, sha256: %s, role: %s, namespaces: [%s]}]"
                        .formatted(name, Tokens.sha256(token), role, namespace));
        api.close();
        api = api(Tokens.of(file.toString(), null), HttpConfig.at(null, 0));
        api.start();
        return new String[] {"Authorization", "Bearer " + token};
    }

    BufferedReader events(String path, String... headers) throws Exception {
        HttpResponse<InputStream> response = open("GET", path, null, headers);
        assertThat(response.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    static JsonNode event(BufferedReader events) throws Exception {
        String line = events.readLine();
        while (!line.startsWith("data: ")) {
            line = events.readLine();
        }
        return Json.MAPPER.readTree(line.substring("data: ".length()));
    }

    static Baseline baseline(String workload, long updatedMs) {
        return baseline("shop", workload, updatedMs);
    }

    static Baseline baseline(String namespace, String workload, long updatedMs) {
        return new Baseline(
                null,
                Entity.workload(namespace, workload, "Deployment"),
                "new-edge",
                BaselineState.WATCHING,
                false,
                0,
                updatedMs,
                3,
                0.1,
                1,
                List.of(new Baseline.Member("x TCP/80", 0, updatedMs, 3, false)));
    }

    JsonNode json(String path, int status) throws Exception {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).isEqualTo(status);
        String type = status == 200 ? "application/json" : "application/problem+json";
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(found -> assertThat(found).startsWith(type));
        return Json.MAPPER.readTree(response.body());
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, null, headers);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return send("POST", path, body, headers);
    }

    HttpResponse<String> send(String method, String path, @Nullable String body, String... headers) throws Exception {
        return CLIENT.send(request(method, path, body, headers), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<InputStream> open(String method, String path, @Nullable String body, String... headers)
            throws Exception {
        HttpRequest request = request(method, path, body, headers);
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            // A server may hang up after a request whose body it had no use for; on a new connection it has to answer.
            return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        }
    }

    HttpRequest request(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(api.url() + path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    String raw(String request) throws Exception {
        URI url = URI.create(api.url());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
