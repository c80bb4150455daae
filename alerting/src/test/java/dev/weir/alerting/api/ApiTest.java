package dev.weir.alerting.api;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.Database;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import dev.weir.model.config.UnavailableException;
import io.prometheus.client.CollectorRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final AtomicBoolean ready = new AtomicBoolean();
    private Database database;
    private AlertStore store;
    private Api api;

    @BeforeEach
    void start() {
        database = new Database("jdbc:h2:file:" + folder.resolve("weir"));
        store = new AlertStore(database, List.of());
        api = new Api(new HttpConfig(null, 0, null), store, registry, ready::get, new AlertingMetrics(registry));
        api.start();
    }

    @AfterEach
    void stop() {
        api.close();
        database.close();
    }

    @Test
    void alertsAreListedPagedAndShown() throws Exception {
        Alert first = alert("a", 1, Severity.HIGH, 30);
        store.apply(List.of(first, alert("b", 1, Severity.LOW, 20), alert("c", 1, Severity.LOW, 10)), 0);
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
        Api second = new Api(
                new HttpConfig(null, port, null),
                store,
                registry,
                ready::get,
                new AlertingMetrics(new CollectorRegistry()));
        assertThatThrownBy(second::start)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("HTTP cannot listen on 127.0.0.1:" + port)
                .hasMessageContaining("alerting.http.port");
    }

    private JsonNode json(String path, int status) throws Exception {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).isEqualTo(status);
        String type = status == 200 ? "application/json" : "application/problem+json";
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(found -> assertThat(found).startsWith(type));
        return Json.MAPPER.readTree(response.body());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(api.url() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
