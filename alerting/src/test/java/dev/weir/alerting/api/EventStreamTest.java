package dev.weir.alerting.api;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Severity;
import java.io.BufferedReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Live events and the ids from which a listener continues. */
class EventStreamTest extends ApiHarness {
    @Test
    void listenersGetEventsAndContinueAfterAnId() throws Exception {
        incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30)));
        try (BufferedReader events = events("/api/v1/events")) {
            incidents.alerts().take(List.of(alert("b", 1, Severity.HIGH, 30)));
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

    @Test
    void silentListenerGetsARecentEventId() throws Exception {
        String[] vera = onlyFor("vera", "viewer", "other");
        try (BufferedReader events = events("/api/v1/events", vera)) {
            incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30), alert("b", 1, Severity.HIGH, 30)));
            now += 20_000;
            assertThat(events.readLine()).isEqualTo(": still here");
            assertThat(events.readLine()).isEqualTo("id: 2");
            assertThat(events.readLine()).isEmpty();
        }
    }
}
