package dev.weir.alerting.route;

import dev.weir.model.Alert;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The labels that routes match: {@code alertname} (the detector), {@code severity}, {@code category}, {@code cluster},
 * {@code namespace}, {@code workload}, {@code destination_namespace}, {@code destination_workload}, {@code incident},
 * and the labels of the source's pods as {@code label_}..., with an underscore for any character that Prometheus does
 * not admit in a name.
 */
public final class Labels {
    private Labels() {}

    public static Map<String, String> of(Alert alert, String incident) {
        Map<String, String> labels = new TreeMap<>();
        labels.put("alertname", alert.detector());
        labels.put("severity", alert.severity().id());
        labels.put("category", alert.category());
        labels.put("incident", incident);
        put(labels, "cluster", alert.cluster());
        Entity source = alert.source();
        if (source != null) {
            put(labels, "namespace", source.namespace());
            put(labels, "workload", source.workload());
        }
        Entity destination = alert.destination();
        if (destination != null) {
            put(labels, "destination_namespace", destination.namespace());
            put(labels, "destination_workload", destination.workload());
        }
        for (Flow flow : alert.evidence().flows()) {
            Endpoint from = flow.source();
            if (from.labels() != null) {
                from.labels()
                        .forEach((name, value) ->
                                labels.putIfAbsent("label_" + name.replaceAll("[^a-zA-Z0-9_]", "_"), value));
            }
        }
        return labels;
    }

    private static void put(Map<String, String> labels, String name, @Nullable String value) {
        if (value != null) {
            labels.put(name, value);
        }
    }
}
