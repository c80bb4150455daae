package dev.weir.alerting.api;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.auth.Tokens;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.service.NotificationGroups;
import dev.weir.alerting.store.Databases;
import dev.weir.common.config.UnavailableException;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers of the API that all routes share. */
class ApiTest extends ApiHarness {
    @Test
    void mistakesAreProblems() throws Exception {
        assertThat(json("/api/v1/alerts/none", 404).path("detail").asText()).startsWith("there is no alert none; ");
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
    void takenPortIsNamed() {
        int port = URI.create(api.url()).getPort();
        Api second = api(Tokens.none(), HttpConfig.at(null, port));
        assertThatThrownBy(second::start)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("HTTP cannot listen on 127.0.0.1:" + port)
                .hasMessageContaining("alerting.http.port");
    }

    @Test
    void headIsAnsweredLikeGet() throws Exception {
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
        incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30)));
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
    void longAnswersAreCompressedUnchangedNotResent() throws Exception {
        List<Alert> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            many.add(alert("a" + i, 1, Severity.HIGH, 30));
        }
        incidents.alerts().take(many);
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
        incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30)));
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

    /** Every route with many kinds of mistakes: never a failure of the server, and no internals in the answer. */
    @ParameterizedTest
    @EnumSource
    void anyRequestIsAnswered(Databases kind) throws Exception {
        stop();
        database = kind.open();
        incidents = IncidentService.of(
                database, new NotificationGroups(database, Routes.toAll(Map.of()), Map.of()), clock, metrics);
        api = api(Tokens.none(), HttpConfig.at(null, 0));
        api.start();
        incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30)));
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
}
