package dev.weir.analytics.job;

import dev.weir.analytics.operator.AnswerCounter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * Sums Kafka's own metrics of fetching flows over the consumers of this process that name this class in {@code
 * metric.reporters}.
 */
public final class FetchMetrics implements MetricsReporter {
    private static final String GROUP = "consumer-fetch-manager-metrics";
    private static final Set<KafkaMetric> ANSWERS = ConcurrentHashMap.newKeySet();
    private static final Set<KafkaMetric> LAGS = ConcurrentHashMap.newKeySet();

    private final Set<KafkaMetric> own = ConcurrentHashMap.newKeySet();

    /**
     * The number of fetches that Kafka has answered, with records or without. It decreases when a consumer ends. A
     * process has no consumer while its tasks have no partition.
     */
    static long answers() {
        return ANSWERS.isEmpty() ? AnswerCounter.NOT_READING : sum(ANSWERS);
    }

    /** The number of flows that were in Kafka and not read yet, when their partitions were last read. */
    static long lag() {
        return sum(LAGS);
    }

    /** The sum of some metrics; Kafka's NaN for an unknown value counts as 0. */
    private static long sum(Set<KafkaMetric> metrics) {
        return metrics.stream()
                .map(KafkaMetric::metricValue)
                .filter(Number.class::isInstance)
                .mapToLong(value -> Math.max(0, ((Number) value).longValue()))
                .sum();
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
        metrics.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        MetricName name = metric.metricName();
        if (!name.group().equals(GROUP)) {
            return;
        }
        if (name.name().equals("fetch-total")) {
            own.add(metric);
            ANSWERS.add(metric);
        } else if (name.name().equals("records-lag")) {
            own.add(metric);
            LAGS.add(metric);
        }
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        own.remove(metric);
        ANSWERS.remove(metric);
        LAGS.remove(metric);
    }

    @Override
    public void close() {
        ANSWERS.removeAll(own);
        LAGS.removeAll(own);
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // This reporter has no settings.
    }
}
