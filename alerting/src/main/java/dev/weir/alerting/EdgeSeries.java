package dev.weir.alerting.intake;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counters of what workloads speak to each other, for Prometheus. There are {@value #MOST} series at most: those used least lately
 * make room, and begin at nothing when they are back, which Prometheus takes for a restart.
 */
final class EdgeMetrics {
    private static final int MOST = 10_000;

    private final AlertingMetrics metrics;
    private final Cache<List<String>, Series> series;

    /** By what is told; the counters are looked up once. */
    private record Series(
            io.prometheus.client.Counter.Child connections,
            io.prometheus.client.Counter.Child sent,
            io.prometheus.client.Counter.Child received) {}

    EdgeMetrics(AlertingMetrics metrics) {
        this.metrics = metrics;
        this.series = Caffeine.newBuilder()
                .maximumSize(MOST)
                .executor(Runnable::run)
                .evictionListener(this::forget)
                .build();
    }

    void count(Activity activity) {
        Entity source = activity.source();
        Entity destination = activity.destination();
        List<String> labels = List.of(
                text(source.namespace()),
                name(source),
                text(destination.namespace()),
                name(destination),
                activity.verdict().name(),
                text(activity.outcome()));
        Series each = series.get(labels, this::series);
        long times = activity.sampling();
        each.connections().inc((double) activity.connections() * times);
        each.sent().inc((double) Objects.requireNonNullElse(activity.bytesSent(), 0L) * times);
        each.received().inc((double) Objects.requireNonNullElse(activity.bytesReceived(), 0L) * times);
    }

    private Series series(List<String> labels) {
        String[] values = labels.toArray(String[]::new);
        return new Series(
                metrics.edgeConnections.labels(values),
                metrics.edgeBytesSent.labels(values),
                metrics.edgeBytesReceived.labels(values));
    }

    private void forget(@Nullable List<String> labels, @Nullable Series unused, RemovalCause cause) {
        if (labels != null) {
            String[] values = labels.toArray(String[]::new);
            metrics.edgeConnections.remove(values);
            metrics.edgeBytesSent.remove(values);
            metrics.edgeBytesReceived.remove(values);
            metrics.edgeSeriesForgotten.inc();
        }
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
        return service != null ? service : "world";
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
