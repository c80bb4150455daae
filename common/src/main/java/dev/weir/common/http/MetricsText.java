package dev.weir.common.http;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Metrics in a text format that Prometheus reads.
 *
 * @param type the content type
 * @param text all families of a registry
 */
public record MetricsText(String type, String text) {
    /**
     * Renders a registry.
     *
     * @param accept the header of the request, which chooses between Prometheus' text format and OpenMetrics
     */
    public static MetricsText of(CollectorRegistry registry, @Nullable String accept) throws IOException {
        String type = TextFormat.chooseContentType(accept);
        StringWriter text = new StringWriter();
        TextFormat.writeFormat(type, text, withoutCreated(registry));
        return new MetricsText(type, text.toString());
    }

    /**
     * The families without the start times of series, which no dashboard or rule uses; families without series stay.
     */
    private static Enumeration<MetricFamilySamples> withoutCreated(CollectorRegistry registry) {
        List<MetricFamilySamples> families = new ArrayList<>();
        for (MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
            List<MetricFamilySamples.Sample> samples = family.samples.stream()
                    .filter(sample -> !sample.name.endsWith("_created"))
                    .toList();
            families.add(new MetricFamilySamples(family.name, family.unit, family.type, family.help, samples));
        }
        return Collections.enumeration(families);
    }
}
