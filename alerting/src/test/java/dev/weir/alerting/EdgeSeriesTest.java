package dev.weir.alerting.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Verdict;
import io.prometheus.client.CollectorRegistry;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EdgeMetricsTest {
    static final String[] LABELS = {
        "source_namespace", "source_workload", "destination_namespace", "destination_workload", "verdict", "outcome"
    };

    private final CollectorRegistry registry = new CollectorRegistry();
    private final EdgeMetrics metrics = new EdgeMetrics(new AlertingMetrics(registry));

    static Activity activity(String workload, String address, int sampling) {
        return new Activity(
                0,
                null,
                new Entity("shop", workload, "Deployment", null, null, null, null, null),
                new Entity(null, null, null, null, address, null, null, null),
                443,
                "TCP",
                Verdict.FORWARDED,
                null,
                "policy-bypass",
                List.of(),
                3,
                3,
                0,
                0,
                100L,
                null,
                null,
                null,
                0,
                1,
                List.of(),
                List.of(),
                sampling,
                0,
                0,
                List.of(),
                null,
                List.of());
    }

    private Double sample(String name, String workload) {
        return registry.getSampleValue(
                name, LABELS, new String[] {"shop", workload, "", "world", "FORWARDED", "policy-bypass"});
    }

    @Test
    void allAddressesOutsideAreOneSeries() {
        metrics.count(activity("web", "192.0.2.1", 1));
        metrics.count(activity("web", "192.0.2.2", 10));
        assertThat(sample("weir_edge_connections_total", "web")).isEqualTo(33);
        assertThat(sample("weir_edge_sent_bytes_total", "web")).isEqualTo(1_100);
        assertThat(sample("weir_edge_received_bytes_total", "web")).isZero();
    }

    @Test
    void seriesThatAreNotUsedMakeRoom() {
        for (int i = 0; i < 12_000; i++) {
            metrics.count(activity("web-" + i, "192.0.2.1", 1));
        }
        long series = Collections.list(registry.metricFamilySamples()).stream()
                .filter(family -> family.name.equals("weir_edge_connections"))
                .flatMap(family -> family.samples.stream())
                .filter(sample -> sample.name.endsWith("_total"))
                .count();
        assertThat(series).isEqualTo(10_000);
        assertThat(registry.getSampleValue("weir_alerting_edge_series_forgotten_total"))
                .isEqualTo(2_000);
    }

    @Test
    void aLabelTakesSoManyValuesOnly() {
        LabelValues values = new LabelValues();
        for (int i = 0; i < 500; i++) {
            assertThat(values.of("n" + i)).isEqualTo("n" + i);
        }
        assertThat(values.of("one more")).isEqualTo("other");
        assertThat(values.of("n499")).isEqualTo("n499");
        assertThat(values.of(null)).isEmpty();
    }
}
