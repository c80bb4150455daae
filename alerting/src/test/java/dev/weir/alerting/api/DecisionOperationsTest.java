package dev.weir.alerting.api;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.auth.Tokens;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Decisions, their ends and their rights. */
class DecisionOperationsTest extends ApiHarness {
    @Test
    void decisionsAreListedAndUndone() throws Exception {
        incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30)));
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
    void decisionsForOtherNamespacesAreDenied() throws Exception {
        String analyst = Tokens.random();
        Path file = folder.resolve("tokens.yaml");
        Files.writeString(
                file,
                "tokens: [{name: ann, sha256: %s, role: admin, namespaces: [shop]}]".formatted(Tokens.sha256(analyst)));
        Entity keys = Entity.workload("vault", "keys", "Deployment");
        incidents
                .alerts()
                .take(List.of(
                        alert("a", 1, Severity.HIGH, 30).within("i", null, null),
                        alert("b", 1, Severity.HIGH, 1, 30, keys).within("i", null, null)));
        api.close();
        api = api(Tokens.of(file.toString(), null), HttpConfig.at(null, 0));
        api.start();
        String[] ann = {"Authorization", "Bearer " + analyst};
        HttpResponse<String> refused = post("/api/v1/incidents/i/actions", "{\"action\":\"expect\"}", ann);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("decide on the alerts one by one");
        assertThat(post("/api/v1/suppressions", "{\"namespace\":\"vault\",\"reason\":\"x\"}", ann)
                        .statusCode())
                .isEqualTo(403);
        assertThat(get("/api/v1/alerts/b", ann).statusCode()).isEqualTo(200);
        assertThat(post("/api/v1/alerts/b/decision", "{\"expected\":true}", ann).statusCode())
                .as("seen, and a matter of another namespace")
                .isEqualTo(403);
        assertThat(registry.getSampleValue(
                        "weir_alerting_http_refused_total", new String[] {"reason"}, new String[] {"scope"}))
                .isEqualTo(3);
        for (String silencing : List.of("{\"action\":\"resolve\"}", "{\"action\":\"snooze\",\"until_ms\":9000000}")) {
            assertThat(post("/api/v1/incidents/i/actions", silencing, ann).statusCode())
                    .isEqualTo(403);
        }
        assertThat(post("/api/v1/incidents/i/actions", "{\"action\":\"acknowledge\"}", ann)
                        .statusCode())
                .isEqualTo(200);
    }
}
