package dev.weir.alerting;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import io.prometheus.client.Collector;
import io.prometheus.client.Counter;
import io.prometheus.client.CounterMetricFamily;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counters of what workloads speak to each other, for Prometheus. The edges that are used most have a series each. The others are
 * summed in one series for each verdict and outcome, with the workload {@value #OTHERS} at both ends, so that the sum over all series
 * is the whole traffic. An edge that is used often enough later begins at nothing, which Prometheus takes for a restart.
 */
public final class EdgeSeries extends Collector {
    static final String OTHERS = "others";

    private static final List<String> LABELS = List.of(
            "source_namespace",
            "source_workload",
            "destination_namespace",
            "destination_workload",
            "verdict",
            "outcome");

    private final Cache<List<String>, Sums> series;
    private final Map<List<String>, Sums> others = new ConcurrentHashMap<>();
    private final Counter forgotten;

    /** Of one series, never changed. */
    private record Sums(double connections, double sent, double received) {
        Sums plus(Sums more) {
            return new Sums(connections + more.connections, sent + more.sent, received + more.received);
        }
    }

    /** @param forgotten counts edges whose series is not shown any more */
    EdgeSeries(Counter forgotten) {
        this.forgotten = forgotten;
        // It keeps what is used often rather than what was used last: one that was used once makes no room for itself.
        this.series = Caffeine.newBuilder()
                .maximumSize(EdgesConfig.defaults().series())
                .executor(Runnable::run)
                .evictionListener(this::fold)
                .build();
    }

    /** From now on so many edges have a series of their own. */
    public void bound(int most) {
        series.policy().eviction().ifPresent(bound -> bound.setMaximum(most));
    }

    public void count(Activity activity) {
        Entity source = activity.source();
        Entity destination = activity.destination();
        List<String> labels = List.of(
                text(source.namespace()),
                name(source),
                text(destination.namespace()),
                name(destination),
                activity.verdict().name(),
                text(activity.outcome()));
        long times = activity.sampling();
        Sums sums = new Sums(
                (double) activity.connections() * times,
                (double) Objects.requireNonNullElse(activity.bytesSent(), 0L) * times,
                (double) Objects.requireNonNullElse(activity.bytesReceived(), 0L) * times);
        series.asMap().merge(labels, sums, Sums::plus);
    }

    private void fold(@Nullable List<String> labels, @Nullable Sums sums, RemovalCause cause) {
        if (labels != null && sums != null) {
            others.merge(List.of("", OTHERS, "", OTHERS, labels.get(4), labels.get(5)), sums, Sums::plus);
            forgotten.inc();
        }
    }

    @Override
    public List<MetricFamilySamples> collect() {
        return List.of(
                family("weir_edge_connections", "Connections between two workloads, by verdict.", Sums::connections),
                family("weir_edge_sent_bytes", "Bytes from the source to the destination.", Sums::sent),
                family("weir_edge_received_bytes", "Bytes from the destination to the source.", Sums::received));
    }

    private MetricFamilySamples family(String name, String help, ToDoubleFunction<Sums> value) {
        CounterMetricFamily family = new CounterMetricFamily(name, help, LABELS);
        Map<String, List<String>> sorted = new TreeMap<>();
        Map<List<String>, Sums> all = new HashMap<>(series.asMap());
        all.putAll(others);
        all.keySet().forEach(labels -> sorted.put(String.join("\n", labels), labels));
        sorted.values().forEach(labels -> family.addMetric(labels, value.applyAsDouble(all.get(labels))));
        return family;
    }

    /** Hubble's words for what is no workload. Addresses would be a series each. */
    private static String name(Entity entity) {
        String workload = entity.workload();
        String service = entity.service();
        if (workload != null) {
            return workload;
        }
        if (entity.node() != null) {
            return "host";
        }
        return service != null ? service : entity.key().equals(Entity.UNNAMED) ? OTHERS : "world";
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
