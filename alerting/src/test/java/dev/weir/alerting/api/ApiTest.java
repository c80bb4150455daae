package dev.weir.alerting.api;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.auth.Guard;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.auth.Tokens;
import dev.weir.alerting.cluster.ClusterView;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.service.NotificationGroups;
import dev.weir.alerting.store.BaselineStore;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.alerting.store.EdgeStoreTest;
import dev.weir.alerting.store.Progress;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.UnavailableException;
import dev.weir.model.Activity;
import dev.weir.model.Alert;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.PolicyRef;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import dev.weir.model.codec.Json;
import io.prometheus.client.CollectorRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApiTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final long NOW = 1_000_000;

    @TempDir
    Path folder;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final AlertingMetrics metrics = new AlertingMetrics(registry);
    private final AtomicBoolean ready = new AtomicBoolean();
    private volatile long now = NOW;
    private final InstantSource clock = () -> Instant.ofEpochMilli(now);
    private final ClusterView cluster = new ClusterView(clock);
    private int perSecond = 1_000_000;
    private Database database;
    private IncidentService incidents;
    private Api api;

    @BeforeEach
    void start() {
        database = Databases.H2.open();
        incidents = new IncidentService(
                database, new NotificationGroups(database, Routes.toAll(Map.of()), Map.of()), clock, metrics);
        api = api(Tokens.none(), HttpConfig.at(null, 0));
        api.start();
    }

    private Api api(Tokens tokens, HttpConfig config) {
        Guard guard = new Guard(tokens, null, config.host(), config.publicUrl(), perSecond);
        return new Api(config, guard, database, incidents, cluster, clock, registry, ready::get, metrics);
    }

    @AfterEach
    void stop() {
        api.close();
        database.close();
    }

    @Test
    void alertsAreListedPagedAndShown() throws Exception {
        Alert first = alert("a", 1, Severity.HIGH, 30);
        incidents.take(List.of(first, alert("b", 1, Severity.LOW, 20), alert("c", 1, Severity.LOW, 10)));
        JsonNode page = json("/api/v1/alerts?limit=2", 200);
        assertThat(page.path("alerts")).hasSize(2);
        assertThat(page.at("/alerts/0/id").asText()).isEqualTo("a");
        JsonNode rest =
                json("/api/v1/alerts?limit=2&cursor=" + page.path("next_cursor").asText(), 200);
        assertThat(rest.path("alerts")).hasSize(1);
        assertThat(rest.has("next_cursor")).isFalse();
        assertThat(json("/api/v1/alerts?severity=high", 200).path("alerts")).hasSize(1);
        JsonNode shown = json("/api/v1/alerts/a", 200);
        assertThat(Json.read(shown.toString().getBytes(StandardCharsets.UTF_8), Alert.class))
                .isEqualTo(first);
    }

    @Test
    void mistakesAreProblems() throws Exception {
        assertThat(json("/api/v1/alerts/none", 404).path("detail").asText()).isEqualTo("there is no alert none");
        assertThat(json("/api/v1/alerts?limit=0", 400).path("detail").asText())
                .contains("limit must be a number of 1..1000");
        assertThat(json("/api/v1/alerts?severity=bad", 400).path("detail").asText())
                .contains("low, medium, high, critical");
        assertThat(json("/api/v1/alerts?cursor=!!", 400).path("detail").asText())
                .contains("next_cursor");
        assertThat(json("/nowhere", 404).path("status").asInt()).isEqualTo(404);
    }

    @Test
    void healthReadinessAndMetricsAnswer() throws Exception {
        assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
        assertThat(get("/-/ready").statusCode()).isEqualTo(503);
        ready.set(true);
        assertThat(get("/-/ready").statusCode()).isEqualTo(200);
        json("/api/v1/alerts/none", 404);
        assertThat(get("/metrics").body())
                .contains("weir_alerting_http_requests_total{route=\"/api/v1/alerts/{id}\",status=\"404\",} 1.0")
                .contains("weir_alerting_http_requests_total{route=\"/-/ready\",status=\"503\",} 1.0");
    }

    @Test
    void aTakenPortIsSaidPlainly() {
        int port = URI.create(api.url()).getPort();
        Api second = api(Tokens.none(), HttpConfig.at(null, port));
        assertThatThrownBy(second::start)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("HTTP cannot listen on 127.0.0.1:" + port)
                .hasMessageContaining("alerting.http.port");
    }

    @Test
    void anIncidentIsChangedByWhoeverHasItsVersion() throws Exception {
        incidents.take(List.of(alert("a", 1, Severity.HIGH, 30).within("i", null, null)));
        HttpResponse<String> read = get("/api/v1/incidents/i");
        String etag = read.headers().firstValue("ETag").orElseThrow();
        assertThat(etag).startsWith("\"1-");
        String actions = "/api/v1/incidents/i/actions";
        HttpResponse<String> done = post(actions, "{\"action\":\"acknowledge\",\"reason\":\"mine\"}", "If-Match", etag);
        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(done.headers().firstValue("ETag"))
                .hasValueSatisfying(found -> assertThat(found).startsWith("\"2-"));
        assertThat(Json.MAPPER.readTree(done.body()).path("status").asText()).isEqualTo("acknowledged");
        HttpResponse<String> late = post(actions, "{\"action\":\"resolve\"}", "If-Match", etag);
        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(late.body()).contains("read it again");
        assertThat(post(actions, "{\"action\":\"snooze\"}").statusCode()).isEqualTo(409);
        JsonNode timeline = json("/api/v1/incidents/i/timeline", 200).path("entries");
        assertThat(timeline.at("/1/kind").asText()).isEqualTo("acknowledged");
        assertThat(timeline.at("/1/who").asText()).isEqualTo("local");
        assertThat(timeline.at("/1/detail").asText()).isEqualTo("mine");
        assertThat(json("/api/v1/incidents?status=acknowledged", 200).path("incidents"))
                .hasSize(1);
        assertThat(json("/api/v1/incidents?status=open", 200).path("incidents")).isEmpty();
    }

    @Test
    void decisionsAreListedAndUndone() throws Exception {
        incidents.take(List.of(alert("a", 1, Severity.HIGH, 30)));
        assertThat(post("/api/v1/alerts/a/decision", "{\"expected\":true,\"reason\":\"a test\"}")
                        .statusCode())
                .isEqualTo(200);
        String suppressions = "/api/v1/suppressions";
        assertThat(post(suppressions, "{\"detector\":\"flood\"}").statusCode())
                .as("without a reason")
                .isEqualTo(400);
        assertThat(post(suppressions, "{\"reason\":\"everything\"}").body())
                .contains("SUPPRESS would silence everything");
        assertThat(post(suppressions, "{\"detector\":\"flood\",\"reason\":\"load test\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(post("/api/v1/decisions", "{\"action\":\"LOCK\",\"namespace\":\"shop\",\"workload\":\"web\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(json("/api/v1/decisions", 200).path("decisions")).hasSize(3);
        JsonNode listed = json(suppressions, 200).path("decisions");
        assertThat(listed).hasSize(1);
        for (String nothing : List.of("namespace", "workload", "detector", "alert", "cluster")) {
            assertThat(post(suppressions, "{\"" + nothing + "\":\" \",\"reason\":\"x\"}")
                            .body())
                    .contains("the body's " + nothing + ": is empty");
        }
        String id = listed.at("/0/feedback/id").asText();
        assertThat(send("DELETE", "/api/v1/decisions/" + id, null).statusCode()).isEqualTo(200);
        assertThat(send("DELETE", "/api/v1/decisions/" + id, null).statusCode()).isEqualTo(409);
        assertThat(json(suppressions, 200).path("decisions")).isEmpty();
        assertThat(json(suppressions + "?undone=true", 200).path("decisions")).hasSize(1);
        assertThat(json("/api/v1/alerts/a/decision", 200).path("decision").asText())
                .isEqualTo("expected");
    }

    @Test
    void endedDecisionsAreNotListed() throws Exception {
        String suppressions = "/api/v1/suppressions";
        String body = "{\"detector\":\"dga\",\"until_ms\":" + (now + 1_000) + ",\"reason\":\"for a while\"}";
        assertThat(post(suppressions, body).statusCode()).isEqualTo(201);
        assertThat(json(suppressions, 200).path("decisions")).hasSize(1);
        now += 1_000;
        assertThat(json(suppressions, 200).path("decisions")).isEmpty();
        assertThat(json(suppressions + "?undone=true", 200).path("decisions")).hasSize(1);
    }

    @Test
    void anIncidentOfWhichLessIsToldIsSentAgain() throws Exception {
        incidents.take(List.of(
                alert("a", 1, Severity.HIGH, 30).within("i", null, null),
                alert("b", 1, Severity.HIGH, 30).within("i", null, null)));
        HttpResponse<String> read = get("/api/v1/incidents/i");
        String etag = read.headers().firstValue("ETag").orElseThrow();
        assertThat(get("/api/v1/incidents/i", "If-None-Match", etag).statusCode())
                .isEqualTo(304);
        incidents.take(List.of(alert("b", 1, Severity.HIGH, 40, 50).within("j", null, null)));
        HttpResponse<String> again = get("/api/v1/incidents/i", "If-None-Match", etag);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).contains("\"alerts\":1");
        assertThat(post("/api/v1/incidents/i/actions", "{\"action\":\"acknowledge\"}", "If-Match", etag)
                        .statusCode())
                .as("the incident is unchanged")
                .isEqualTo(200);
    }

    @Test
    void headIsAskedAsGetIs() throws Exception {
        assertThat(send("HEAD", "/-/ready", null).statusCode()).isEqualTo(503);
        ready.set(true);
        assertThat(send("HEAD", "/-/ready", null).statusCode()).isEqualTo(200);
        assertThat(send("HEAD", "/api/v1/alerts", null).statusCode()).isEqualTo(200);
        assertThat(send("HEAD", "/api/v1/alerts/none", null).statusCode()).isEqualTo(404);
        assertThat(send("HEAD", "/api/v1/events", null).statusCode()).isEqualTo(405);
        onlyFor("vera", "viewer", "shop");
        for (String path : List.of("/api/v1/alerts", "/api/v1/alerts/a", "/api/v1/statistics", "/metrics")) {
            assertThat(send("HEAD", path, null).statusCode()).as(path).isEqualTo(401);
        }
    }

    @Test
    void emptyTextsInABodyAreRefused() throws Exception {
        incidents.take(List.of(alert("a", 1, Severity.HIGH, 30)));
        for (String action : List.of("2", "\"2\"", "true", "\"\"", "[\"expect\"]")) {
            assertThat(post("/api/v1/incidents/a/actions", "{\"action\":" + action + "}")
                            .statusCode())
                    .as(action)
                    .isEqualTo(400);
        }
        for (String expected : List.of("1", "\"true\"", "\"\"", "0.5")) {
            assertThat(post("/api/v1/alerts/a/decision", "{\"expected\":" + expected + "}")
                            .statusCode())
                    .as(expected)
                    .isEqualTo(400);
        }
        assertThat(post("/api/v1/incidents/a/actions", "{\"action\":\"snooze\",\"until_ms\":\"2000000\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(json("/api/v1/incidents/a", 200).path("version").asInt()).isEqualTo(1);
    }

    @Test
    void baselinesAndStatisticsAreShown() throws Exception {
        BaselineStore store = new BaselineStore(database);
        store.put(
                List.of(baseline("web", 1), baseline("db", 1), baseline("web", 5), baseline("web", 3)), Progress.NONE);
        JsonNode page = json("/api/v1/baselines?namespace=shop&limit=1", 200);
        assertThat(page.at("/baselines/0/workload/workload").asText()).isEqualTo("db");
        JsonNode rest = json(
                "/api/v1/baselines?limit=1&after=" + page.path("next_after").asText(), 200);
        assertThat(rest.at("/baselines/0/workload/workload").asText()).isEqualTo("web");
        assertThat(rest.at("/baselines/0/updated_ms").asLong()).as("the newest").isEqualTo(5);
        assertThat(rest.has("next_after")).isFalse();
        assertThat(json("/api/v1/baselines?state=learning", 200).path("baselines"))
                .isEmpty();

        incidents.take(List.of(alert("a", 1, Severity.HIGH, 30), alert("b", 1, Severity.LOW, 30)));
        incidents.judge("a", false, "ann", null, NamespaceScope.ALL);
        JsonNode statistics = json("/api/v1/statistics", 200);
        assertThat(statistics.at("/detectors/0/alerts").asInt()).isEqualTo(2);
        assertThat(statistics.at("/detectors/0/not_expected").asInt()).isEqualTo(1);
        assertThat(statistics.at("/detectors/0/precision").asDouble()).isEqualTo(1);
        assertThat(statistics.path("incidents")).hasSize(2);
    }

    @Test
    void aBaselineHasAHistoryByDay() throws Exception {
        BaselineStore store = new BaselineStore(database);
        long day = 86_400_000;
        store.put(List.of(baseline("web", day + 1), baseline("web", day + 5)), Progress.NONE);
        store.put(List.of(baseline("web", 3 * day), baseline("web", day + 3)), Progress.NONE);
        String key = URLEncoder.encode(baseline("web", 1).key(), StandardCharsets.UTF_8);
        JsonNode days = json("/api/v1/baselines/history?key=" + key, 200).path("days");
        assertThat(days).hasSize(2);
        assertThat(days.at("/0/updated_ms").asLong()).as("the last of the day").isEqualTo(day + 5);
        assertThat(days.at("/1/state").asText()).isEqualTo("watching");
        assertThat(json("/api/v1/baselines/history?since_ms=" + 2 * day + "&key=" + key, 200)
                        .path("days"))
                .hasSize(1);
        json("/api/v1/baselines/history?key=none", 404);
        json("/api/v1/baselines/history", 400);
    }

    private void describe(String kind, String namespace, String name, String object) {
        cluster.apply(new ContextChange(kind, namespace, name, 0, "test", object));
    }

    private void describeShop() {
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

    @Test
    void workloadsAndPoliciesAreListedAndPairsExplained() throws Exception {
        describeShop();
        JsonNode workloads = json("/api/v1/workloads?namespace=shop&limit=1", 200);
        assertThat(workloads.at("/workloads/0/workload").asText()).isEqualTo("db");
        assertThat(workloads.at("/workloads/0/ingress/isolated").asBoolean()).isTrue();
        assertThat(workloads.at("/workloads/0/ingress/policies/0").asText()).isEqualTo("NetworkPolicy shop/db");
        assertThat(workloads.at("/workloads/0/egress/isolated").asBoolean()).isFalse();
        assertThat(workloads.at("/workloads/0/listens/0").asText()).isEqualTo("TCP/80");
        JsonNode rest = json(
                "/api/v1/workloads?namespace=shop&after="
                        + workloads.path("next_after").asText(),
                200);
        assertThat(rest.path("workloads")).hasSize(1);
        assertThat(rest.at("/workloads/0/workload").asText()).isEqualTo("web");
        assertThat(json("/api/v1/workloads?isolated=true", 200).path("workloads"))
                .isEmpty();
        assertThat(json("/api/v1/workloads?isolated=false", 200).path("workloads"))
                .hasSize(3);

        JsonNode policy =
                json("/api/v1/policies?manifest=true", 200).path("policies").path(0);
        assertThat(policy.path("name").asText()).isEqualTo("db");
        assertThat(policy.path("mode").asText()).isEqualTo("audit");
        assertThat(policy.path("selects").asInt()).isEqualTo(1);
        assertThat(policy.at("/manifest/spec/policyTypes/0").asText()).isEqualTo("Ingress");
        assertThat(json("/api/v1/policies?kind=none", 200).path("policies")).isEmpty();

        JsonNode denied = json("/api/v1/explanations?from=other/spy&to=shop/db&port=5432", 200)
                .at("/explanations/0");
        assertThat(denied.path("expected").asText()).isEqualTo("deny");
        assertThat(denied.at("/ingress/because").asText()).contains("NetworkPolicy shop/db ingress[0]");
        assertThat(denied.path("patch").asText()).contains("kubectl patch networkpolicy db -n shop");
        JsonNode allowed = json("/api/v1/explanations?from=shop/web-0&to=10.0.0.2&port=5432&protocol=tcp", 200)
                .at("/explanations/0");
        assertThat(allowed.path("expected").asText()).isEqualTo("allow");
        assertThat(allowed.has("patch")).isFalse();
        assertThat(json("/api/v1/explanations?from=shop/absent&to=shop/db&port=1", 400)
                        .path("detail")
                        .asText())
                .startsWith("from: no pod or workload shop/absent");
        json("/api/v1/explanations?from=shop/web&to=shop/db", 400);

        cluster.apply(new ContextChange("NetworkPolicy", "shop", "db", 1, "test", null));
        assertThat(json("/api/v1/policies", 200).path("policies"))
                .as("seen as it was a moment ago")
                .hasSize(1);
        now += 2_000;
        assertThat(json("/api/v1/policies", 200).path("policies")).isEmpty();
    }

    @Test
    void oneOfSeveralClustersMustBeNamed() throws Exception {
        for (String name : List.of("a", "b")) {
            cluster.apply(new ContextChange(
                    name,
                    null,
                    "NetworkPolicy",
                    "shop",
                    "of-" + name,
                    7,
                    "test",
                    "{\"apiVersion\":\"networking.k8s.io/v1\",\"spec\":{\"podSelector\":{}}}"));
        }
        assertThat(json("/api/v1/policies?cluster=b", 200)
                        .at("/policies/0/name")
                        .asText())
                .isEqualTo("of-b");
        assertThat(json("/api/v1/policies?cluster=b", 200)
                        .at("/policies/0/valid_from_ms")
                        .asLong())
                .isEqualTo(7);
        assertThat(json("/api/v1/policies", 400).path("detail").asText())
                .isEqualTo("cluster: there are several; give one of: a, b");
        assertThat(json("/api/v1/workloads?cluster=c", 400).path("detail").asText())
                .isEqualTo("cluster: 'c' is not known; known are: a, b");
    }

    @Test
    void clusterViewIsLimitedToNamespaces() throws Exception {
        describeShop();
        String[] vera = onlyFor("vera", "viewer", "other");
        assertThat(get("/metrics").statusCode()).isEqualTo(401);
        assertThat(get("/metrics", vera).statusCode()).isEqualTo(403);
        assertThat(get("/api/v1/workloads", vera).body()).contains("spy").doesNotContain("shop");
        assertThat(get("/api/v1/policies", vera).body()).doesNotContain("shop");
        HttpResponse<String> hers = get("/api/v1/explanations?from=other/spy&to=10.0.0.2&port=5432", vera);
        assertThat(hers.statusCode()).isEqualTo(200);
        assertThat(hers.body()).contains("\"expected\":\"deny\"", "other/spy").doesNotContain("shop");
        Set<String> answers = new TreeSet<>();
        for (String theirs : List.of(
                "from=shop/web&to=shop/db",
                "from=shop/x&to=shop/db",
                "from=shop/web&to=shop/x",
                "from=no&to=10.0.0.2")) {
            HttpResponse<String> answer = get("/api/v1/explanations?port=5432&" + theirs, vera);
            assertThat(answer.statusCode()).isEqualTo(404);
            answers.add(answer.body());
        }
        assertThat(answers).as("whether there is such a workload or not").hasSize(1);
        for (String wrong : List.of("", "&port=1&protocol=x")) {
            assertThat(get("/api/v1/explanations?from=other/spy&to=shop/db" + wrong, vera)
                            .statusCode())
                    .as("the mistake reveals nothing about either end")
                    .isEqualTo(400);
        }
    }

    @Test
    void listenersHearWhatHappensAndGoOnWhereTheyWere() throws Exception {
        incidents.take(List.of(alert("a", 1, Severity.HIGH, 30)));
        try (BufferedReader events = events("/api/v1/events")) {
            incidents.take(List.of(alert("b", 1, Severity.HIGH, 30)));
            JsonNode event = event(events);
            assertThat(event.at("/incident/id").asText()).isEqualTo("b");
            assertThat(event.at("/entry/kind").asText()).isEqualTo("opened");
            assertThat(registry.getSampleValue("weir_alerting_listeners")).isEqualTo(1);
        }
        try (BufferedReader events = events("/api/v1/events", "Last-Event-ID", "0")) {
            assertThat(event(events).at("/incident/id").asText()).isEqualTo("a");
            assertThat(event(events).at("/incident/id").asText()).isEqualTo("b");
        }
        assertThat(get("/api/v1/events", "Last-Event-ID", "x").statusCode()).isEqualTo(400);
    }

    /** Every object holds something of a namespace that the token must not see; no answer may contain it. */
    @Test
    void noAnswerRevealsOtherNamespaces() throws Exception {
        String secret = "topsecret";
        Entity keys = new Entity("vault", secret, "Deployment", secret + "-0", "10.9.9.9", null, null, null);
        describeShop();
        describe("Pod", "vault", secret + "-0", """
                {"metadata":{"labels":{"app":"topsecret"},"ownerReferences":[{"kind":"Deployment","name":"topsecret"}]},
                 "status":{"podIP":"10.9.9.9"}}""");
        describe("NetworkPolicy", "vault", secret, """
                {"spec":{"podSelector":{"matchLabels":{"app":"topsecret"}},"policyTypes":["Ingress","Egress"]}}""");
        new BaselineStore(database).put(List.of(baseline("web", 1), baseline("vault", secret, 1)), Progress.NONE);
        Activity inside = EdgeStoreTest.plain(NOW, "vault/" + secret, "vault/" + secret, 1);
        new EdgeStore(database).add(List.of(EdgeStoreTest.plain(NOW, "shop/web", "shop/db", 1), inside), Progress.NONE);
        incidents.take(List.of(
                alert("a", 1, Severity.HIGH, 30).within("i", null, null),
                toThem("d", new Entity("vault", "keys", "Deployment", secret + "-0", "10.9.9.9", null, null, null)),
                alert("b", Severity.CRITICAL, secret + " speaks", keys).within("i", null, null),
                alert("c", Severity.CRITICAL, secret + " speaks", keys).within("j", null, null)));
        for (String alert : List.of("a", "b", "c")) {
            incidents.judge(alert, true, "ann", alert.equals("a") ? "known" : secret, NamespaceScope.ALL);
        }
        incidents.change(
                "j",
                null,
                new IncidentChange(IncidentChange.Action.NOTE, "ann", secret, null, null),
                NamespaceScope.ALL);
        assertThat(get("/api/v1/edges?from_ms=0&to_ms=2000000").body()).contains(secret);
        assertThat(get("/api/v1/incidents/i/timeline").body()).contains(secret);
        assertThat(get("/api/v1/alerts/d").body().split(secret, -1)).hasSizeGreaterThan(7);

        String admin = Tokens.random();
        Path file = folder.resolve("tokens.yaml");
        Files.writeString(
                file,
                "tokens: [{name: vera, sha256: %s, role: admin, namespaces: [shop]}]".formatted(Tokens.sha256(admin)));
        api.close();
        api = api(Tokens.of(file.toString(), null), HttpConfig.at(null, 0));
        api.start();
        String[] vera = {"Authorization", "Bearer " + admin};
        JsonNode document =
                Json.MAPPER.readTree(get("/api/v1/openapi.json", vera).body());
        Map<String, List<String>> values = Map.of(
                "namespace", List.of("vault", "shop"),
                "severity", List.of("low"),
                "status", List.of("open", "expected"),
                "incident", List.of("i", "j"),
                "isolated", List.of("true"),
                "undone", List.of("true"),
                "unreported", List.of("true"),
                "manifest", List.of("true"),
                "since_ms", List.of("0"));
        int own = 0;
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                for (String id : List.of("a", "b", "c", "d", "i", "j", "alert-a", "alert-b", "alert-c")) {
                    List<String> targets = new ArrayList<>();
                    String target = "/api/v1" + path.getKey().replace("{id}", id);
                    boolean isEdges =
                            path.getKey().equals("/edges") || path.getKey().equals("/service-map");
                    String always = isEdges ? "?from_ms=0&to_ms=2000000" : "";
                    targets.add(target + always);
                    for (JsonNode parameter : operation.getValue().path("parameters")) {
                        String name = parameter.path("name").asText();
                        for (String value : values.getOrDefault(name, List.of())) {
                            targets.add(target + (always.isEmpty() ? "?" : always + "&") + name + "=" + value);
                        }
                    }
                    for (String each : targets) {
                        String said = answered(operation.getKey(), each, vera);
                        assertThat(said).as("%s %s", operation.getKey(), each).doesNotContain(secret);
                        own += said.contains("shop") ? 1 : 0;
                    }
                }
            }
        }
        assertThat(own).as("answers about her own namespace").isGreaterThan(50);
        HttpResponse<String> hers = get("/api/v1/alerts/d", vera);
        JsonNode alert = Json.MAPPER.readTree(hers.body());
        assertThat(alert.at("/destination/workload").asText()).isEqualTo("keys");
        assertThat(alert.at("/summary").asText()).contains("The other end is in a namespace that you may not see.");
        assertThat(alert.at("/policy/decided_by"))
                .singleElement()
                .satisfies(ref -> assertThat(ref.path("namespace").asText()).isEqualTo("shop"));
        assertThat(alert.at("/evidence/flows")).hasSize(1);
        assertThat(alert.at("/evidence/flows/0/source/labels/app").asText()).isEqualTo("web");
        assertThat(alert.at("/evidence/observed/connections").asInt()).isEqualTo(1);
    }

    /** An alert from shop/web, with every possible detail of the other end. */
    private static Alert toThem(String id, Entity them) {
        String secret = "topsecret";
        Endpoint web = end("10.0.0.1", "shop", "web", Map.of("app", "web"));
        Endpoint theirs = end("10.9.9.9", "vault", "keys", Map.of("app", secret));
        Alert plain = alert(id, 1, Severity.HIGH, 30);
        return plain.told(
                "Decided by NetworkPolicy vault/" + secret + ".",
                plain.source(),
                them,
                new Evidence(
                        Map.of("connections", 1.0),
                        Map.of(),
                        List.of(flow(web, theirs), flow(theirs, end("10.9.9.8", "vault", secret, Map.of()))),
                        List.of()),
                new PolicyEvidence(
                        Expected.DENY,
                        Verdict.FORWARDED,
                        List.of(
                                new PolicyRef("NetworkPolicy", "shop", "web", "egress[0]"),
                                new PolicyRef("NetworkPolicy", "vault", secret, "ingress")),
                        "NetworkPolicy vault/" + secret + " comes nearest.",
                        "# kubectl patch networkpolicy " + secret));
    }

    private static Endpoint end(String ip, String namespace, String workload, Map<String, String> labels) {
        String pod = labels.containsValue("web") ? "web-0" : "topsecret-0";
        return Endpoint.builder()
                .ip(ip)
                .port(80)
                .bytes(1L)
                .packets(1L)
                .tcpFlags(0)
                .namespace(namespace)
                .pod(pod)
                .workload(workload)
                .workloadKind("Deployment")
                .labels(labels)
                .node(pod + "-node")
                .names(List.of(pod))
                .build();
    }

    private static Flow flow(Endpoint source, Endpoint destination) {
        return Flow.of(1, 2, source, destination, "TCP", Verdict.FORWARDED);
    }

    /** The answer; of events those of the first second. */
    private String answered(String method, String target, String... headers) throws Exception {
        String body = method.equals("post") ? "{\"action\":\"acknowledge\",\"expected\":true,\"reason\":\"x\"}" : null;
        if (!target.startsWith("/api/v1/events")) {
            return send(method.toUpperCase(Locale.ROOT), target, body, headers).body();
        }
        StringBuilder said = new StringBuilder();
        try (BufferedReader events = events("/api/v1/events?after=0", headers)) {
            for (int i = 0; i < 3; i++) {
                said.append(event(events));
            }
        }
        return said.toString();
    }

    @Test
    void silentListenerGetsARecentEventId() throws Exception {
        String[] vera = onlyFor("vera", "viewer", "other");
        try (BufferedReader events = events("/api/v1/events", vera)) {
            incidents.take(List.of(alert("a", 1, Severity.HIGH, 30), alert("b", 1, Severity.HIGH, 30)));
            now += 20_000;
            assertThat(events.readLine()).isEqualTo(": still here");
            assertThat(events.readLine()).isEqualTo("id: 2");
            assertThat(events.readLine()).isEmpty();
        }
    }

    @Test
    void decisionsForOtherNamespacesAreDenied() throws Exception {
        String analyst = Tokens.random();
        Path file = folder.resolve("tokens.yaml");
        Files.writeString(
                file,
                "tokens: [{name: ann, sha256: %s, role: admin, namespaces: [shop]}]".formatted(Tokens.sha256(analyst)));
        Entity keys = new Entity("vault", "keys", "Deployment", null, null, null, null, null);
        incidents.take(List.of(
                alert("a", 1, Severity.HIGH, 30).within("i", null, null),
                alert("b", 1, Severity.HIGH, 1, 30, keys).within("i", null, null)));
        api.close();
        api = api(Tokens.of(file.toString(), null), HttpConfig.at(null, 0));
        api.start();
        String[] ann = {"Authorization", "Bearer " + analyst};
        HttpResponse<String> denied = post("/api/v1/incidents/i/actions", "{\"action\":\"expect\"}", ann);
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.body()).contains("decide on the alerts one by one");
        assertThat(post("/api/v1/suppressions", "{\"namespace\":\"vault\",\"reason\":\"x\"}", ann)
                        .statusCode())
                .isEqualTo(403);
        assertThat(get("/api/v1/alerts/b", ann).statusCode()).isEqualTo(200);
        assertThat(post("/api/v1/alerts/b/decision", "{\"expected\":true}", ann).statusCode())
                .as("seen, and a matter of another namespace")
                .isEqualTo(403);
        assertThat(registry.getSampleValue(
                        "weir_alerting_http_denied_total", new String[] {"reason"}, new String[] {"scope"}))
                .isEqualTo(3);
        for (String silencing : List.of("{\"action\":\"resolve\"}", "{\"action\":\"snooze\",\"until_ms\":9000000}")) {
            assertThat(post("/api/v1/incidents/i/actions", silencing, ann).statusCode())
                    .isEqualTo(403);
        }
        assertThat(post("/api/v1/incidents/i/actions", "{\"action\":\"acknowledge\"}", ann)
                        .statusCode())
                .isEqualTo(200);
    }

    /** Restarts the API with one token for one namespace, and returns the header for it. */
    private String[] onlyFor(String name, String role, String namespace) throws Exception {
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

    private BufferedReader events(String path, String... headers) throws Exception {
        HttpResponse<InputStream> response = open("GET", path, null, headers);
        assertThat(response.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private static JsonNode event(BufferedReader events) throws Exception {
        String line = events.readLine();
        while (!line.startsWith("data: ")) {
            line = events.readLine();
        }
        return Json.MAPPER.readTree(line.substring("data: ".length()));
    }

    @Test
    void longAnswersAreCompressedUnchangedNotResent() throws Exception {
        List<Alert> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            many.add(alert("a" + i, 1, Severity.HIGH, 30));
        }
        incidents.take(many);
        HttpResponse<InputStream> packed = open("GET", "/api/v1/alerts", null, "Accept-Encoding", "gzip");
        assertThat(packed.headers().firstValue("Content-Encoding")).hasValue("gzip");
        try (InputStream text = new GZIPInputStream(packed.body())) {
            assertThat(Json.MAPPER.readTree(text).path("alerts")).hasSize(50);
        }
        HttpResponse<String> plain = get("/api/v1/alerts");
        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        String etag = plain.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> again = get("/api/v1/alerts", "If-None-Match", etag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void withACertificateItIsHttps() throws Exception {
        Path keystore = folder.resolve("keystore.p12");
        Path password = Files.writeString(folder.resolve("password"), "changeit\n");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "weir",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keystore.toString(),
                        "-storepass",
                        "changeit")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        api.close();
        api = api(Tokens.none(), https(keystore, password));
        api.start();
        assertThat(api.url()).startsWith("https://127.0.0.1:");
        KeyStore trusted = KeyStore.getInstance(keystore.toFile(), "changeit".toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("weir", trusted.getCertificate("weir"));
        trust.init(certificates);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        HttpResponse<String> answer = HttpClient.newBuilder()
                .sslContext(context)
                .build()
                .send(request("GET", "/api/v1/alerts", null), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).isPresent();
        assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        Files.writeString(password, "wrong");
        assertThatThrownBy(() -> api(Tokens.none(), https(keystore, password)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("alerting.http.keystore")
                .hasMessageNotContaining("wrong");
    }

    private static HttpConfig https(Path keystore, Path password) {
        return new HttpConfig(
                null, 0, null, null, null, null, keystore.toString(), password.toString(), null, null, false);
    }

    private static Baseline baseline(String workload, long updatedMs) {
        return baseline("shop", workload, updatedMs);
    }

    private static Baseline baseline(String namespace, String workload, long updatedMs) {
        return new Baseline(
                null,
                new Entity(namespace, workload, "Deployment", null, null, null, null, null),
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

    @Test
    void tokensLimitRolesAndNamespaces() throws Exception {
        String viewer = Tokens.random();
        String analyst = Tokens.random();
        Path file = folder.resolve("tokens.yaml");
        Files.writeString(file, """
                tokens:
                  - {name: vera, sha256: %s, role: viewer, namespaces: [other]}
                  - {name: ann, sha256: %s, role: analyst}
                """.formatted(Tokens.sha256(viewer), Tokens.sha256(analyst)));
        incidents.take(List.of(alert("a", 1, Severity.HIGH, 30)));
        api.close();
        api = api(Tokens.of(file.toString(), null), HttpConfig.at(null, 0));
        api.start();
        String[] vera = {"Authorization", "Bearer " + viewer};
        String[] ann = {"Authorization", "Bearer " + analyst};
        HttpResponse<String> nobody = get("/api/v1/alerts");
        assertThat(nobody.statusCode()).isEqualTo(401);
        assertThat(nobody.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(get("/api/v1/alerts", "Authorization", "Bearer wrong").statusCode())
                .isEqualTo(401);
        assertThat(get("/api/v1/alerts", "Authorization", "Basic dXNlcg==").statusCode())
                .isEqualTo(401);
        assertThat(Json.MAPPER.readTree(get("/api/v1/alerts", vera).body()).path("alerts"))
                .isEmpty();
        assertThat(get("/api/v1/alerts/a", vera).statusCode()).isEqualTo(404);
        assertThat(get("/api/v1/incidents/a", vera).statusCode()).isEqualTo(404);
        assertThat(get("/api/v1/alerts/a", ann).statusCode()).isEqualTo(200);
        String note = "{\"action\":\"note\",\"reason\":\"x\"}";
        assertThat(post("/api/v1/incidents/a/actions", note, vera).statusCode()).isEqualTo(403);
        assertThat(post("/api/v1/incidents/a/actions", note, ann).statusCode()).isEqualTo(200);
        assertThat(post("/api/v1/suppressions", "{}", ann).statusCode()).isEqualTo(403);
        assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
    }

    @Test
    void undecodableQueriesAreMistakes() throws Exception {
        for (String wrong : List.of("%", "%zz", "%ff", "%c0%af", "1&limit=2", "%00")) {
            assertThat(raw("GET /api/v1/alerts?limit=" + wrong
                            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"))
                    .as(wrong)
                    .startsWith("HTTP/1.1 400");
        }
        for (String path : List.of("%ff", "%00", "%zz", "%2e%2e", "a%2fb")) {
            assertThat(raw("GET /api/v1/alerts/" + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"))
                    .as(path)
                    .startsWith("HTTP/1.1 4")
                    .contains("application/problem+json");
        }
        String kelvin = "ac%E2%84%AAnowledged";
        assertThat(get("/api/v1/incidents?status=" + kelvin).statusCode()).isLessThan(500);
        assertThat(get("/api/v1/alerts?status=" + kelvin).statusCode()).isLessThan(500);
    }

    @Test
    void requiredParametersAreRequired() throws Exception {
        incidents.take(List.of(alert("a", 1, Severity.HIGH, 30)));
        JsonNode document = json("/api/v1/openapi.json", 200);
        int left = 0;
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            String target = "/api/v1" + path.getKey().replace("{id}", "a");
            for (JsonNode parameter : path.getValue().path("get").path("parameters")) {
                if (parameter.path("in").asText().equals("query")
                        && parameter.path("required").asBoolean()) {
                    String others = target.endsWith("explanations") ? "?from=a/b&to=c/d&port=1" : "?key=x";
                    String without = others.replaceFirst(parameter.path("name").asText() + "=[^&]*&?", "");
                    assertThat(json(target + without, 400).path("detail").asText())
                            .isEqualTo(parameter.path("name").asText() + " is missing");
                    left++;
                }
            }
            JsonNode body = path.getValue().at("/post/requestBody/content/application~1json/schema/$ref");
            JsonNode schema = document.at(body.asText().replaceFirst("#", ""));
            for (JsonNode needed : body.isMissingNode() ? List.<JsonNode>of() : schema.path("required")) {
                Map<String, Object> all = new HashMap<>(Map.of("reason", "x"));
                schema.path("required").forEach(each -> all.put(each.asText(), "x"));
                schema.path("properties").properties().forEach(property -> {
                    if (property.getValue().has("enum")) {
                        all.put(
                                property.getKey(),
                                property.getValue().at("/enum/0").asText());
                    } else if (property.getValue().path("type").asText().equals("boolean")) {
                        all.put(property.getKey(), true);
                    }
                });
                all.remove(needed.asText());
                HttpResponse<String> answer = post(target, Json.MAPPER.writeValueAsString(all));
                assertThat(answer.statusCode())
                        .as("%s without %s", target, needed)
                        .isEqualTo(400);
                assertThat(answer.body()).contains("the body's " + needed.asText() + ": is missing");
                left++;
            }
        }
        assertThat(left).isEqualTo(9);
    }

    @Test
    void pagesById() throws Exception {
        incidents.take(List.of(
                alert("a", 1, Severity.HIGH, 10), alert("b", 1, Severity.LOW, 20), alert("c", 1, Severity.LOW, 30)));
        JsonNode page = json("/api/v1/alerts?order=id&limit=2", 200);
        assertThat(page.path("alerts"))
                .extracting(each -> each.path("id").asText())
                .containsExactly("a", "b");
        incidents.take(List.of(alert("c", 2, Severity.LOW, 900)));
        JsonNode rest = json(
                "/api/v1/alerts?order=id&limit=2&cursor="
                        + page.path("next_cursor").asText(),
                200);
        assertThat(rest.path("alerts"))
                .extracting(each -> each.path("id").asText())
                .containsExactly("c");
    }

    @Test
    void otherSitesPagesAndOtherHostsAreRefused() throws Exception {
        incidents.take(List.of(alert("a", 1, Severity.HIGH, 30)));
        String note = "{\"action\":\"note\",\"reason\":\"x\"}";
        String actions = "/api/v1/incidents/a/actions";
        assertThat(post(actions, note, "Origin", "https://evil.example").statusCode())
                .isEqualTo(403);
        assertThat(post(actions, note, "Sec-Fetch-Site", "cross-site").statusCode())
                .isEqualTo(403);
        assertThat(raw("GET /api/v1/alerts HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("does not answer for the host");
        assertThat(raw("GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(get("/metrics").statusCode()).isEqualTo(200);
        assertThat(raw("NONSENSE\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("Content-Type: application/problem+json", "nosniff", "\"status\":400")
                .doesNotContain("Exception", "at org.");
        assertThat(get("/api/v1/alerts").headers().firstValue("X-Content-Type-Options"))
                .contains("nosniff");
    }

    @Test
    void publicAddressesRequireTokens() {
        assertThatThrownBy(() -> new Guard(Tokens.none(), null, "0.0.0.0", null, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("alerting.http.token");
        new Guard(Tokens.none(), null, "127.0.0.2", null, 1);
    }

    @Test
    void tooFrequentRequestsAreSlowedDown() throws Exception {
        api.close();
        perSecond = 2;
        api = api(Tokens.none(), HttpConfig.at(null, 0));
        api.start();
        int refused = 0;
        for (int i = 0; i < 20; i++) {
            HttpResponse<String> response = get("/api/v1/alerts");
            refused += response.statusCode() == 429 ? 1 : 0;
            assertThat(response.statusCode()).isIn(200, 429);
        }
        assertThat(refused).isPositive();
        assertThat(registry.getSampleValue(
                        "weir_alerting_http_denied_total", new String[] {"reason"}, new String[] {"rate"}))
                .isEqualTo(refused);
    }

    /** Every route with many kinds of mistakes: never a failure of the server, and no internals in the answer. */
    @ParameterizedTest
    @EnumSource
    void whateverIsAskedIsAnswered(Databases kind) throws Exception {
        stop();
        database = kind.open();
        incidents = new IncidentService(
                database, new NotificationGroups(database, Routes.toAll(Map.of()), Map.of()), clock, metrics);
        api = api(Tokens.none(), HttpConfig.at(null, 0));
        api.start();
        incidents.take(List.of(alert("a", 1, Severity.HIGH, 30)));
        JsonNode document = json("/api/v1/openapi.json", 200);
        assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
        List<String> nasty = List.of(
                "",
                "'",
                "\" or 1=1 --",
                "-1",
                "99999999999999999999",
                "null",
                "[]",
                "{}",
                "\u202e\ud83d\ude00",
                "%00",
                "../../etc/passwd",
                "x".repeat(300),
                "x".repeat(5_000),
                "\0",
                "\ud800",
                "true",
                "0x10",
                "NaN",
                "\t",
                "<script>");
        int asked = 0;
        String reference = Files.readString(Path.of("../docs/reference/api.md"));
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                assertThat(reference)
                        .contains("| `" + operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey() + "` |");
                for (String value : nasty) {
                    String encoded =
                            URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
                    String id = value.isEmpty() || value.contains("/") ? "a" : encoded;
                    String target = "/api/v1" + path.getKey().replace("{id}", id);
                    for (JsonNode parameter : operation.getValue().path("parameters")) {
                        if (parameter.path("in").asText().equals("query")) {
                            checked(
                                    operation.getKey(),
                                    target + "?" + parameter.path("name").asText() + "=" + encoded,
                                    null);
                            asked++;
                        }
                    }
                    checked(operation.getKey(), target, value);
                    checked(operation.getKey(), target, "{\"action\":" + Json.MAPPER.writeValueAsString(value) + "}");
                    checked(
                            operation.getKey(),
                            target,
                            "{\"expected\":" + Json.MAPPER.writeValueAsString(value) + ",\"reason\":"
                                    + Json.MAPPER.writeValueAsString(value) + "}");
                    checked("put", target, value);
                    asked += 4;
                    for (String body : List.of(
                            "{'action':'assign','assignee':$}",
                            "{'action':'note','reason':$}",
                            "{'action':'relearn','namespace':$,'workload':$,'cluster':$,'reason':$}",
                            "{'reason':'x','namespace':$,'workload':$,'cluster':$,'detector':$,'alert':$}",
                            "{'reason':$,'until_ms':2000000}",
                            "{'expected':true,'reason':$}")) {
                        checked(
                                operation.getKey(),
                                "/api/v1" + path.getKey().replace("{id}", "a"),
                                body.replace("'", "\"").replace("$", Json.MAPPER.writeValueAsString(value)));
                        asked++;
                    }
                }
            }
        }
        assertThat(asked).isGreaterThan(1_000);
        assertThat(post("/api/v1/suppressions", "[".repeat(60_000)).statusCode())
                .isEqualTo(400);
        assertThat(post("/api/v1/suppressions", "\"" + "x".repeat(100_000) + "\"")
                        .statusCode())
                .isEqualTo(413);
    }

    private void checked(String method, String target, @Nullable String body) throws Exception {
        HttpResponse<InputStream> response = open(method.toUpperCase(Locale.ROOT), target, body);
        assertThat(response.statusCode()).as("%s %s %s", method, target, body).isLessThan(500);
        String said;
        try (InputStream text = response.body()) {
            // Events continue until the client hangs up.
            boolean isStream =
                    response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
            said = new String(text.readNBytes(isStream ? 0 : Integer.MAX_VALUE), StandardCharsets.UTF_8);
        }
        assertThat(said).doesNotContain("Exception", "\tat ", "java.", "dev.weir", "org.");
    }

    private String raw(String request) throws Exception {
        URI url = URI.create(api.url());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private JsonNode json(String path, int status) throws Exception {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).isEqualTo(status);
        String type = status == 200 ? "application/json" : "application/problem+json";
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(found -> assertThat(found).startsWith(type));
        return Json.MAPPER.readTree(response.body());
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, null, headers);
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return send("POST", path, body, headers);
    }

    private HttpResponse<String> send(String method, String path, @Nullable String body, String... headers)
            throws Exception {
        return CLIENT.send(request(method, path, body, headers), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<InputStream> open(String method, String path, @Nullable String body, String... headers)
            throws Exception {
        HttpRequest request = request(method, path, body, headers);
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            // A server may hang up after a request whose body it had no use for; on a new connection it has to answer.
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
        }
    }

    private HttpRequest request(String method, String path, @Nullable String body, String... headers) {
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
}
