package dev.weir.alerting;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.weir.alerting.store.EdgesConfig;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import io.prometheus.client.Collector;
import io.prometheus.client.Counter;
import io.prometheus.client.CounterMetricFamily;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Prometheus counters of traffic between workloads. The most used edges have a series each. All others share one series
 * for each verdict and outcome, with the workload {@value #OTHERS} at both ends. The increase of an edge since the last
 * scrape moves to the shared series when the edge loses its own. An edge that gets a series again starts at zero, which
 * Prometheus handles as a counter reset, so sums of rates over all series are the rates of the whole traffic.
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
    /** Values of the last scrape, by series. */
    private volatile Map<List<String>, Sums> shown = Map.of();

    private final Counter evicted;

    /** Values of one series; immutable. */
    private record Sums(double connections, double sent, double received) {
        static final Sums NONE = new Sums(0, 0, 0);

        Sums minus(Sums less) {
            return new Sums(connections - less.connections, sent - less.sent, received - less.received);
        }

        Sums plus(Sums more) {
            return new Sums(connections + more.connections, sent + more.sent, received + more.received);
        }
    }

    /**
     * Creates the collector with the default number of series.
     *
     * @param evicted counts edges that lose their series
     */
    EdgeSeries(Counter evicted) {
        this.evicted = evicted;
        // Caffeine evicts by frequency as well as by age, so an edge that was used once does not displace a busy one.
        this.series = Caffeine.newBuilder()
                .maximumSize(EdgesConfig.defaults().series())
                .executor(Runnable::run)
                .evictionListener(this::fold)
                .build();
    }

    /** Sets the number of edges with a series of their own. */
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
            Sums since = sums.minus(shown.getOrDefault(labels, Sums.NONE));
            others.merge(List.of("", OTHERS, "", OTHERS, labels.get(4), labels.get(5)), since, Sums::plus);
            evicted.inc();
        }
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Map<List<String>, Sums> kept = Map.copyOf(series.asMap());
        shown = kept;
        Map<String, List<String>> sorted = new TreeMap<>();
        Map<List<String>, Sums> all = new HashMap<>(kept);
        all.putAll(others);
        all.keySet().forEach(labels -> sorted.put(String.join("\n", labels), labels));
        return List.of(
                family(
                        "weir_edge_connections",
                        "Connections between two workloads, by verdict of the network and policy outcome;"
                                + " unexplained-drop is a drop that no policy known to Weir explains.",
                        sorted.values(),
                        labels -> all.getOrDefault(labels, Sums.NONE).connections()),
                family(
                        "weir_edge_sent_bytes",
                        "Bytes from the source to the destination.",
                        sorted.values(),
                        labels -> all.getOrDefault(labels, Sums.NONE).sent()),
                family(
                        "weir_edge_received_bytes",
                        "Bytes from the destination to the source.",
                        sorted.values(),
                        labels -> all.getOrDefault(labels, Sums.NONE).received()));
    }

    private static MetricFamilySamples family(
            String name, String help, Collection<List<String>> series, ToDoubleFunction<List<String>> value) {
        CounterMetricFamily family = new CounterMetricFamily(name, help, LABELS);
        series.forEach(labels -> family.addMetric(labels, value.applyAsDouble(labels)));
        return family;
    }

    /**
     * The label of an end. Ends without a workload have Hubble's names of reserved identities, since an address in a
     * label would be a series each.
     */
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
