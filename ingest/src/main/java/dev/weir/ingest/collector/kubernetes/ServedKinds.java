package dev.weir.ingest.collector.kubernetes;

import dev.weir.ingest.IngestMetrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the kinds that the API server serves, by its discovery. Definitions may be added at any time, so missing kinds
 * are asked for again. Each missing kind is logged once, and once more when it is served. For one thread.
 */
final class ServedKinds {
    private static final Logger LOG = LoggerFactory.getLogger(ServedKinds.class);

    private static final List<WatchedKinds.Kind> REQUIRED_FIRST = WatchedKinds.ALL.stream()
            .sorted(Comparator.comparing(kind -> !kind.required()))
            .toList();

    private final KubernetesClient client;
    private final IngestMetrics metrics;
    private final Map<WatchedKinds.Kind, Answer> answers = new HashMap<>();

    /** The discovery's answer about a kind. Without one, nothing is concluded from the kind's absence. */
    enum Answer {
        UNKNOWN,
        MISSING,
        SERVED
    }

    ServedKinds(KubernetesClient client, IngestMetrics metrics) {
        this.client = client;
        this.metrics = metrics;
    }

    /**
     * Asks for every kind that is not served so far; kinds that may be slow to answer come last.
     *
     * @param changed called for each answer that differs from the one before
     */
    void ask(BiConsumer<WatchedKinds.Kind, Answer> changed) {
        Set<String> silent = new HashSet<>();
        for (WatchedKinds.Kind kind : REQUIRED_FIRST) {
            Answer before = answers.getOrDefault(kind, Answer.UNKNOWN);
            Answer now = before == Answer.SERVED || silent.contains(kind.group())
                    ? before
                    : isServedInAnotherVersion(kind) ? Answer.MISSING : answer(kind, silent);
            if (now != before) {
                answers.put(kind, now);
                if (!isServedInAnotherVersion(kind)) {
                    log(kind, before, now);
                }
                changed.accept(kind, now);
            }
        }
        metrics.kubernetesKindsMissing.set(answers.entrySet().stream()
                .filter(each -> each.getValue() == Answer.MISSING && !isServedInAnotherVersion(each.getKey()))
                .count());
    }

    private boolean isServedInAnotherVersion(WatchedKinds.Kind kind) {
        return answers.entrySet().stream()
                .anyMatch(each -> each.getValue() == Answer.SERVED
                        && !each.getKey().equals(kind)
                        && each.getKey().isVersionOf(kind));
    }

    /** A group that does not answer, such as that of an unreachable aggregated server, keeps its earlier answers. */
    private Answer answer(WatchedKinds.Kind kind, Set<String> silent) {
        if (kind.required()) {
            return Answer.SERVED;
        }
        try {
            return client.supports(kind.apiVersion(), kind.kind()) ? Answer.SERVED : Answer.MISSING;
        } catch (KubernetesClientException e) {
            silent.add(kind.group());
            metrics.reconnects.labels(KubernetesCollector.KIND).inc();
            LOG.warn(
                    "kubernetes: the discovery of {} failed: {}; next attempt after ingest.kubernetes.discovery",
                    kind.apiVersion(),
                    e.getMessage());
            return answers.getOrDefault(kind, Answer.UNKNOWN);
        }
    }

    private static void log(WatchedKinds.Kind kind, Answer before, Answer now) {
        if (now == Answer.MISSING) {
            LOG.info(
                    "kubernetes: {} {} is not served here; it is watched as soon as it is",
                    kind.apiVersion(),
                    kind.kind());
        } else if (before == Answer.MISSING) {
            LOG.info("kubernetes: {} {} is served now and watched", kind.apiVersion(), kind.kind());
        }
    }
}
