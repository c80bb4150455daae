package dev.weir.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import dev.weir.model.config.KafkaConfig;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowPublisherTest {
    private static final int FLOWS = 10;

    @Test
    void whatDoesNotReachKafkaIsCountedAndNothingTwice() {
        CollectorRegistry registry = new CollectorRegistry();
        KafkaConfig nobody = new KafkaConfig("127.0.0.1:1", Map.of());
        try (FlowPublisher publisher = new FlowPublisher(nobody, 3, new IngestMetrics(registry))) {
            int taken = 0;
            for (int i = 1; i <= FLOWS; i++) {
                taken += publisher.offer("test", flow(i)) ? 1 : 0;
            }
            assertThat(taken).as("three wait, and one may be on its way").isBetween(3, 4);
        }
        double lost = 0;
        for (MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
            lost += family.samples.stream()
                    .filter(sample -> sample.name.equals("weir_ingest_flows_lost_total"))
                    .mapToDouble(sample -> sample.value)
                    .sum();
        }
        assertThat(lost).isEqualTo(FLOWS);
    }

    private static Flow flow(long ms) {
        return new Flow(
                ms,
                ms,
                Endpoint.of("10.0.0.1", 1),
                Endpoint.of("10.0.0.2", 2),
                "TCP",
                Verdict.UNKNOWN,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
