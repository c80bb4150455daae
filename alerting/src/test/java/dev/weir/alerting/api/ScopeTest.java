package dev.weir.alerting.api;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.auth.Tokens;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.store.BaselineStore;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.alerting.store.EdgeStoreTest;
import dev.weir.alerting.store.Progress;
import dev.weir.model.Activity;
import dev.weir.model.Alert;
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
import java.io.BufferedReader;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Answers to a token with namespaces, over all routes. */
class ScopeTest extends ApiHarness {
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
        incidents
                .alerts()
                .take(List.of(
                        alert("a", 1, Severity.HIGH, 30).within("i", null, null),
                        toThem(
                                "d",
                                new Entity("vault", "keys", "Deployment", secret + "-0", "10.9.9.9", null, null, null)),
                        alert("b", Severity.CRITICAL, secret + " speaks", keys).within("i", null, null),
                        alert("c", Severity.CRITICAL, secret + " speaks", keys).within("j", null, null)));
        for (String alert : List.of("a", "b", "c")) {
            incidents
                    .decisions()
                    .decideOn(alert, true, "ann", alert.equals("a") ? "known" : secret, NamespaceScope.ALL);
        }
        incidents
                .changes()
                .apply(
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
        return plain.withContent(
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
                        "NetworkPolicy vault/" + secret + " is the nearest rule.",
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
}
