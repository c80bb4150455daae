package dev.weir.alerting.api;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.store.BaselineStore;
import dev.weir.alerting.store.Progress;
import dev.weir.model.Severity;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Baselines, their history, and statistics. */
class InsightOperationsTest extends ApiHarness {
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

        incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30), alert("b", 1, Severity.LOW, 30)));
        incidents.decisions().decideOn("a", false, "ann", null, NamespaceScope.ALL);
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
}
