package dev.weir.alerting.message;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Expected;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sentences about one alert. */
class AlertMessageTest {
    private static final Alert ALERT = alert("a", 1, Severity.HIGH, 30);

    private static AlertMessage message(Entity source, Evidence evidence, PolicyEvidence policy) {
        return new AlertMessage(
                ALERT.withContent(ALERT.summary(), source, ALERT.destination(), evidence, policy), null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ALLOW | DROPPED | The policies allow this connection, and the network dropped it (verdict DROPPED).
                    DENY | FORWARDED | The policies deny this connection, and the network let it through (verdict FORWARDED).
                    DENY | AUDIT | The policies deny this connection, and the network let it through for audit (verdict AUDIT).
                    UNSELECTED | ERROR | No policy selects this connection, and the network failed to handle it (verdict ERROR).
                    UNKNOWN | FORWARDED | The policies may or may not allow this connection, and the network let it through (verdict FORWARDED).
                    """)
    void policyIsASentence(Expected expected, Verdict observed, String sentence) {
        AlertMessage message = message(
                ALERT.source(), ALERT.evidence(), new PolicyEvidence(expected, observed, List.of(), null, null));
        assertThat(message.policy()).isEqualTo(sentence);
        assertThat(message.details()).endsWith(". " + sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ports_failed | 20 | ports failed 20
                    bytes_sent_usual | 1500 | bytes sent usually 1500
                    silent_min_below | 30 | silent below 30 min
                    longest_connection_s | 7.5 | longest connection 7.5 s
                    connections_in_10s_below | 1000 | connections in 10 s below 1000
                    incidents_reported_at_most | 5 | incidents reported at most 5
                    first_used_ms | 1790000000000 | first used 2026-09-21T14:13:20Z
                    pause_ms | 250 | pause 250 ms
                    """)
    void measuredValuesHaveWordsUnitsAndTimes(String name, double value, String text) {
        AlertMessage message =
                message(ALERT.source(), new Evidence(Map.of(name, value), Map.of(), List.of(), List.of()), null);
        assertThat(message.evidence()).endsWith("; observed: " + text);
    }

    @ParameterizedTest
    @CsvSource({
        "port-scan, 1, 1 flow",
        "port-scan, 20, 20 flows",
        "digest, 1, 1 alert",
        "digest, 12, 12 alerts",
        "lateral-movement, 2, 2 alerts"
    })
    void evidenceBeginsWithFlowsOrAlertsCounted(String detector, long count, String text) {
        Alert alert = new Alert(
                "a",
                detector,
                1,
                "posture",
                Severity.LOW,
                1,
                "title",
                "summary",
                1,
                2,
                count,
                null,
                null,
                List.of(),
                null,
                null,
                List.of(),
                new Evidence(Map.of(), Map.of(), List.of(), List.of()),
                null,
                null,
                null,
                null);
        assertThat(new AlertMessage(alert, null).evidence()).isEqualTo(text);
    }

    @Test
    void unnamedSourceIsDescribed() {
        Entity shop = new Entity("shop", null, null, null, null, null, null, null);
        assertThat(message(Entity.unnamed(), ALERT.evidence(), null).who())
                .startsWith("several workloads or addresses -> ");
        assertThat(message(shop, ALERT.evidence(), null).who()).startsWith("several workloads of namespace shop -> ");
    }
}
