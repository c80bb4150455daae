package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EvidenceTest {
    private static Map<String, String> kept(Map<String, String> labels) {
        Endpoint source =
                Endpoint.builder().ip("10.0.0.1").port(1).labels(labels).build();
        Flow flow = Flow.of(1, 2, source, Endpoint.of("10.0.0.2", 80), "TCP", Verdict.FORWARDED);
        return new Evidence(Map.of(), Map.of(), List.of(flow), List.of())
                .flows()
                .get(0)
                .source()
                .labels();
    }

    @Test
    void fewLabelsOfAFlowAreKept() {
        Map<String, String> labels = new TreeMap<>();
        for (int i = 0; i < 900; i++) {
            labels.put("key" + (1_000 + i), "v");
        }
        assertThat(kept(labels)).hasSize(Evidence.MAX_LABELS).containsKeys("key1000", "key1015");
        assertThat(kept(Map.of("app", "x".repeat(900), "tier", "y".repeat(200))))
                .containsOnlyKeys("app");
        assertThat(kept(Map.of("app", "web", "tier", "front"))).hasSize(2);
    }
}
