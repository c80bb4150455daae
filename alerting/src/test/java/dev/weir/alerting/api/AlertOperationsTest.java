package dev.weir.alerting.api;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.auth.Tokens;
import dev.weir.alerting.message.Links;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lists, pages and details of alerts. */
class AlertOperationsTest extends ApiHarness {
    @Test
    void alertsAreListedPagedAndShown() throws Exception {
        Alert first = alert("a", 1, Severity.HIGH, 30);
        incidents.alerts().take(List.of(first, alert("b", 1, Severity.LOW, 20), alert("c", 1, Severity.LOW, 10)));
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
    void alertsLinkToTheirRunbooks() throws Exception {
        incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30)));
        assertThat(json("/api/v1/alerts/a", 200).has("runbook_url")).isFalse();
        api.close();
        links = new Links("https://weir.example", "https://runbooks.example/weir/");
        api = api(Tokens.none(), HttpConfig.at(null, 0));
        api.start();
        String runbook = "https://runbooks.example/weir/policy-bypass.md";
        assertThat(json("/api/v1/alerts/a", 200).path("runbook_url").asText()).isEqualTo(runbook);
        assertThat(json("/api/v1/alerts", 200).at("/alerts/0/runbook_url").asText())
                .isEqualTo(runbook);
        assertThat(json("/api/v1/alerts/a/decision", 200)
                        .at("/alert/runbook_url")
                        .asText())
                .isEqualTo(runbook);
        JsonNode schema = json("/api/v1/openapi.json", 200).at("/components/schemas/AlertWithRunbook");
        assertThat(schema.at("/properties/runbook_url/type").asText()).isEqualTo("string");
        assertThat(schema.path("properties").has("detector")).isTrue();
        assertThat(schema.path("properties").has("alert")).isFalse();
        assertThat(schema.path("required"))
                .extracting(JsonNode::asText)
                .contains("detector")
                .doesNotContain("runbook_url");
    }

    @Test
    void pagesById() throws Exception {
        incidents
                .alerts()
                .take(List.of(
                        alert("a", 1, Severity.HIGH, 10),
                        alert("b", 1, Severity.LOW, 20),
                        alert("c", 1, Severity.LOW, 30)));
        JsonNode page = json("/api/v1/alerts?order=id&limit=2", 200);
        assertThat(page.path("alerts"))
                .extracting(each -> each.path("id").asText())
                .containsExactly("a", "b");
        incidents.alerts().take(List.of(alert("c", 2, Severity.LOW, 900)));
        JsonNode rest = json(
                "/api/v1/alerts?order=id&limit=2&cursor="
                        + page.path("next_cursor").asText(),
                200);
        assertThat(rest.path("alerts"))
                .extracting(each -> each.path("id").asText())
                .containsExactly("c");
    }
}
