package dev.weir.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Verdict;
import io.prometheus.client.CollectorRegistry;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

public class EdgeSeriesTest {
    public static final String[] LABELS = {
        "source_namespace", "source_workload", "destination_namespace", "destination_workload", "verdict", "outcome"
    };

    private final CollectorRegistry registry = new CollectorRegistry();
    private final EdgeSeries edges = new AlertingMetrics(registry).edges;

    public static Activity activity(String workload, String address, int sampling) {
        return Activity.builder()
                .source(Entity.workload("shop", workload, "Deployment"))
                .destination(new Entity(null, null, null, null, address, null, null, null))
                .port(443)
                .protocol("TCP")
                .verdict(Verdict.FORWARDED)
                .outcome("policy-bypass")
                .connections(3)
                .established(3)
                .bytesSent(100L)
                .lastSeenMs(1)
                .sampling(sampling)
                .build();
    }

    private Double sample(String name, String workload) {
        return registry.getSampleValue(
                name, LABELS, new String[] {"shop", workload, "", "world", "FORWARDED", "policy-bypass"});
    }

    @Test
    void allAddressesOutsideAreOneSeries() {
        edges.count(activity("web", "192.0.2.1", 1));
        edges.count(activity("web", "192.0.2.2", 10));
        assertThat(sample("weir_edge_connections_total", "web")).isEqualTo(33);
        assertThat(sample("weir_edge_sent_bytes_total", "web")).isEqualTo(1_100);
        assertThat(sample("weir_edge_received_bytes_total", "web")).isZero();
    }

    @Test
    void edgesAreTooManyThenMostUsedHaveSeriesAndOthersSum() {
        edges.bound(100);
        for (int i = 0; i < 5_000; i++) {
            edges.count(activity("busy-" + i % 50, "192.0.2.1", 1));
            edges.count(activity("once-" + i, "192.0.2.1", 1));
        }
        Map<String, Double> connections = new HashMap<>();
        Collections.list(registry.metricFamilySamples()).stream()
                .filter(family -> family.name.equals("weir_edge_connections"))
                .flatMap(family -> family.samples.stream())
                .forEach(sample -> connections.put(sample.labelValues.get(1), sample.value));
        assertThat(connections).hasSizeLessThanOrEqualTo(101);
        for (int i = 0; i < 50; i++) {
            assertThat(connections).containsEntry("busy-" + i, 300.0);
        }
        assertThat(connections.get("others")).isGreaterThan(14_000);
        assertThat(connections.values().stream().mapToDouble(each -> each).sum())
                .isEqualTo(30_000);
        assertThat(registry.getSampleValue("weir_alerting_edge_series_evicted_total"))
                .isEqualTo(10_000 / 2 + 50 - (connections.size() - 1));
    }

    @Test
    void edgeLosesItsSeriesThenOnlyTheUnseenIsAdded() {
        edges.bound(10);
        for (int i = 0; i < 100; i++) {
            for (int edge = 0; edge < 10; edge++) {
                edges.count(activity("old-" + edge, "192.0.2.1", 1_000));
            }
        }
        double before = others();
        edges.collect();
        for (int i = 0; i < 2_000; i++) {
            edges.count(activity("new-" + i % 20, "192.0.2.1", 1));
        }
        assertThat(others() - before).as("new connections alone").isBetween(0.0, 6_000.0);
    }

    private double others() {
        Double value = registry.getSampleValue("weir_edge_connections_total", LABELS, new String[] {
            "", "others", "", "others", "FORWARDED", "policy-bypass"
        });
        return value == null ? 0 : value;
    }
}
