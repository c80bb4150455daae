package dev.weir.analytics.job;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * Counts the fetches that Kafka has answered, with records or without, over the consumers of this process that have it among their
 * {@code metric.reporters}.
 */
public final class FetchAnswers implements MetricsReporter {
    private static final Set<KafkaMetric> FETCHES = ConcurrentHashMap.newKeySet();

    private final Set<KafkaMetric> own = ConcurrentHashMap.newKeySet();

    static long count() {
        return FETCHES.stream()
                .map(KafkaMetric::metricValue)
                .filter(Number.class::isInstance)
                .mapToLong(value -> ((Number) value).longValue())
                .sum();
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
        metrics.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        MetricName name = metric.metricName();
        boolean isOfFetches =
                name.name().equals("fetch-total") && name.group().equals("consumer-fetch-manager-metrics");
        if (isOfFetches) {
            own.add(metric);
            FETCHES.add(metric);
        }
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        own.remove(metric);
        FETCHES.remove(metric);
    }

    @Override
    public void close() {
        FETCHES.removeAll(own);
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // It has none.
    }
}
