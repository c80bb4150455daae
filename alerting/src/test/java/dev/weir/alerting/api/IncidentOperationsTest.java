package dev.weir.alerting.api;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes and versions of incidents. */
class IncidentOperationsTest extends ApiHarness {
    @Test
    void changeWithThePresentVersionSucceeds() throws Exception {
        incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30).within("i", null, null)));
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
    void redactedIncidentHasAnotherEtag() throws Exception {
        incidents
                .alerts()
                .take(List.of(
                        alert("a", 1, Severity.HIGH, 30).within("i", null, null),
                        alert("b", 1, Severity.HIGH, 30).within("i", null, null)));
        HttpResponse<String> read = get("/api/v1/incidents/i");
        String etag = read.headers().firstValue("ETag").orElseThrow();
        assertThat(get("/api/v1/incidents/i", "If-None-Match", etag).statusCode())
                .isEqualTo(304);
        incidents.alerts().take(List.of(alert("b", 1, Severity.HIGH, 40, 50).within("j", null, null)));
        HttpResponse<String> again = get("/api/v1/incidents/i", "If-None-Match", etag);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).contains("\"alerts\":1");
        assertThat(post("/api/v1/incidents/i/actions", "{\"action\":\"acknowledge\"}", "If-Match", etag)
                        .statusCode())
                .as("the incident is unchanged")
                .isEqualTo(200);
    }
}
