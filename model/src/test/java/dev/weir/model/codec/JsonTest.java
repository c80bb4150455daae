package dev.weir.model.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Activity;
import dev.weir.model.Alert;
import dev.weir.model.ContextChange;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Expected;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.PolicyRef;
import dev.weir.model.Severity;
import dev.weir.model.Span;
import dev.weir.model.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    private final RandomFlows flows = new RandomFlows(11);

    @Test
    void alertHasTheContractsNames() {
        Alert alert = alert();
        String json = new String(Json.write(alert), StandardCharsets.UTF_8);
        assertThat(json)
                .contains("\"first_seen_ms\":1", "\"severity\":\"high\"", "\"workload_kind\":\"Deployment\"")
                .contains("\"expected\":\"deny\"", "\"decided_by\":[{\"kind\":\"NetworkPolicy\",\"namespace\":\"shop\"")
                .contains("\"observed\":{\"a\":0.5,\"b\":40}")
                .doesNotContain("null", "supersedes", "\"external\"");
        assertThat(Json.read(json.getBytes(StandardCharsets.UTF_8), Alert.class))
                .isEqualTo(alert);
    }

    @Test
    void activitySurvives() {
        Activity activity = Activity.builder()
                .source(entity())
                .destination(entity())
                .port(80)
                .protocol("TCP")
                .verdict(Verdict.DROPPED)
                .expected(Expected.ALLOW)
                .outcome("policy-overblock")
                .connections(3)
                .established(1)
                .refused(1)
                .unanswered(1)
                .bytesSent(10L)
                .packetsSent(2L)
                .firstSeenMs(1)
                .lastSeenMs(9)
                .startsMs(List.of(0, 4))
                .spans(List.of(new Span(2, 1, 1, 10, 0, 2, 0)))
                .lostPercent(5)
                .cleartext(2)
                .samples(List.of(flows.next()))
                .build();
        assertThat(Json.read(Json.write(activity), Activity.class)).isEqualTo(activity);
    }

    @Test
    void contextChangeKeepsTheObjectAsItIs() {
        ContextChange change =
                new ContextChange("Pod", "shop", "web-1", 7, "manifests", "{\"metadata\":{\"name\":\"web-1\"}}");
        assertThat(ContextCodec.decode(ContextCodec.encode(change))).isEqualTo(change);
        ContextChange deletion = new ContextChange("Pod", "shop", "web-1", 8, "manifests", null);
        assertThat(ContextCodec.decode(ContextCodec.encode(deletion))).isEqualTo(deletion);
        assertThat(new String(ContextCodec.encode(deletion), StandardCharsets.UTF_8))
                .contains("\"deleted\":true");
    }

    @Test
    void badRecordsNameTheField() {
        assertThatThrownBy(() -> ContextCodec.decode(
                        "{\"kind\":\"Pod\",\"name\":\"x\",\"object\":{}}".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("valid_from_ms: must be a whole number");
        assertThatThrownBy(() -> ContextCodec.decode(
                        "{\"kind\":\"Pod\",\"name\":\"x\",\"valid_from_ms\":1}".getBytes(StandardCharsets.UTF_8)))
                .hasMessageStartingWith("object: must be an object");
        String json = new String(Json.write(alert()), StandardCharsets.UTF_8);
        assertThatThrownBy(() ->
                        Json.read(json.replace("\"high\"", "\"awful\"").getBytes(StandardCharsets.UTF_8), Alert.class))
                .hasMessageStartingWith("severity: ");
        assertThatThrownBy(() -> Json.read("{}".getBytes(StandardCharsets.UTF_8), Alert.class))
                .isInstanceOf(InvalidRecordException.class);
        assertThatThrownBy(() -> Json.read(
                        json.replace("\"evidence\"", "\"evidenc\"").getBytes(StandardCharsets.UTF_8), Alert.class))
                .hasMessage("evidence: is missing");
        assertThatThrownBy(() -> Json.read("[".getBytes(StandardCharsets.UTF_8), Alert.class))
                .hasMessageStartingWith("record: ");
    }

    @Test
    void moreFlowsOrElseAHigherRevisionSupersedes() {
        Alert first = alert();
        assertThat(first.supersedes(first)).isFalse();
        assertThat(withRevision(first, 4, 412).supersedes(first)).isTrue();
        assertThat(withRevision(first, 4, 1).supersedes(first)).isFalse();
        assertThat(withRevision(first, 3, 500).supersedes(first)).isTrue();
        assertThat(withRevision(first, 2, 500).supersedes(first)).isTrue();
        assertThat(withRevision(first, 2, 412).supersedes(first)).isFalse();
    }

    @Test
    void alertOfFewerFlowsSupersedesIfSeenLater() {
        Alert evicted = withRevision(alert(), 40, 5_000);
        Alert anew = withRevision(alert(), 1, 3, evicted.lastSeenMs() + 1);
        assertThat(anew.supersedes(evicted)).isTrue();
        assertThat(evicted.supersedes(anew)).isFalse();
    }

    private Alert alert() {
        return new Alert(
                "f00",
                "port-scan",
                3,
                "discovery",
                Severity.HIGH,
                0.93,
                "t",
                "s",
                1,
                2,
                412,
                entity(),
                Entity.unnamed(),
                List.of(22, 80),
                "TCP",
                null,
                List.of("T1046"),
                new Evidence(Map.of("b", 40.0, "a", 0.5), Map.of(), List.of(flows.next()), List.of("sampled 1:50")),
                new PolicyEvidence(
                        Expected.DENY,
                        Verdict.FORWARDED,
                        List.of(new PolicyRef("NetworkPolicy", "shop", "db", "ingress[0]")),
                        null,
                        null),
                null,
                null,
                null);
    }

    private static Alert withRevision(Alert a, long revision, long count) {
        return withRevision(a, revision, count, a.lastSeenMs());
    }

    private static Alert withRevision(Alert a, long revision, long count, long lastSeenMs) {
        return new Alert(
                a.id(),
                a.detector(),
                revision,
                a.category(),
                a.severity(),
                a.confidence(),
                a.title(),
                a.summary(),
                a.firstSeenMs(),
                lastSeenMs,
                count,
                a.source(),
                a.destination(),
                a.ports(),
                a.protocol(),
                a.cluster(),
                a.techniques(),
                a.evidence(),
                a.policy(),
                null,
                null,
                null);
    }

    private static Entity entity() {
        return new Entity("shop", "web", "Deployment", "web-1", "10.0.1.5", null, null, null);
    }

    @Test
    void textThatEndsTooEarlyIsNamedWithoutSource() {
        assertThatThrownBy(() -> Json.read("{\"id\":1".getBytes(StandardCharsets.UTF_8), Alert.class))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("Unexpected end-of-input: expected close marker for Object")
                .hasMessageNotContaining("Source");
    }
}
