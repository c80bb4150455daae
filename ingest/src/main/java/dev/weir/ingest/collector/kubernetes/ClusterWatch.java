package dev.weir.ingest.collector.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.publish.ContextSink;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches every kind that the API server serves and publishes changes while this process leads. A kind that is served
 * later is watched from then on.
 */
final class ClusterWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);
    private static final int QUEUE = 10_000;
    private static final int BATCH = 500;
    private static final long POLL_MS = 100;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final long DELETE_EVERY_MS = 60_000;

    private final KubernetesClient client;
    private final Supplier<ClusterChanges> known;
    private final @Nullable String cluster;
    private final ContextSink publisher;
    private final IngestMetrics metrics;
    private final ServedKinds served;
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(QUEUE);
    private final Map<WatchedKinds.Kind, SharedIndexInformer<GenericKubernetesResource>> informers = new HashMap<>();
    private final Set<WatchedKinds.Kind> missing = new HashSet<>();
    private final Worker publishing;
    private final Worker discovering;
    private volatile boolean closed;

    /** Kinds whose objects of an earlier run are not compared yet. Used by the publishing thread. */
    private final Set<WatchedKinds.Kind> open = new HashSet<>(WatchedKinds.ALL);

    /** Changes that are not published yet. Used by the publishing thread. */
    private final List<ContextChange> batch = new ArrayList<>();

    private @Nullable ClusterChanges changes;
    private long deleteAt = System.nanoTime();

    private record Event(WatchedKinds.Kind kind, GenericKubernetesResource object, boolean gone) {}

    /**
     * Creates a watch; it runs from {@link #start()} on.
     *
     * @param discovery interval at which the API server is asked for missing kinds
     * @param known makes the comparison with the topic's context; called by the publishing thread as soon as it is
     *     needed
     */
    ClusterWatch(
            KubernetesClient client,
            Duration discovery,
            Supplier<ClusterChanges> known,
            @Nullable String cluster,
            ContextSink publisher,
            IngestMetrics metrics) {
        this.client = client;
        this.known = known;
        this.cluster = cluster;
        this.publisher = publisher;
        this.metrics = metrics;
        this.served = new ServedKinds(client, metrics);
        this.discovering = new Worker(
                "weir-kubernetes-kinds",
                () -> {
                    served.ask(this::apply);
                    return discovery;
                },
                Backoff.constant(discovery),
                (failure, pause) -> LOG.warn(
                        "kubernetes: asking for the served kinds failed: {}; next attempt in {} ms",
                        failure.getMessage(),
                        pause.toMillis()));
        this.publishing = new Worker("weir-kubernetes", this::publish, Backoff.constant(PAUSE), (failure, pause) -> {
            metrics.publishRetries.labels(KubernetesCollector.KIND).inc();
            LOG.warn(
                    "kubernetes: publishing changes failed: {}; next attempt in {} ms",
                    failure.getMessage(),
                    pause.toMillis());
        });
    }

    void start() {
        publishing.start();
        discovering.start();
    }

    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            informers.values().forEach(SharedIndexInformer::stop);
            informers.clear();
        }
        publishing.close();
        discovering.close();
    }

    private synchronized void apply(WatchedKinds.Kind kind, ServedKinds.Answer answer) {
        switch (answer) {
            case SERVED -> watch(kind);
            case MISSING -> missing.add(kind);
            case UNKNOWN -> missing.remove(kind);
        }
    }

    private void watch(WatchedKinds.Kind kind) {
        if (closed) {
            return;
        }
        missing.remove(kind);
        var resources = client.genericKubernetesResources(kind.context());
        SharedIndexInformer<GenericKubernetesResource> informer = named(
                        kind, kind.namespaced() ? resources.inAnyNamespace() : resources)
                .runnableInformer(0);
        informer.addEventHandler(new Handler(kind));
        // The informer retries after later failures, with a growing pause.
        informer.exceptionHandler((started, failure) -> {
            metrics.reconnects.labels(KubernetesCollector.KIND).inc();
            LOG.warn(
                    "kubernetes: watching {} {} failed: {}; next attempt after a growing pause",
                    kind.apiVersion(),
                    kind.plural(),
                    failure.getMessage());
            return !closed;
        });
        informers.put(kind, informer);
        informer.start();
    }

    private static Informable<GenericKubernetesResource> named(
            WatchedKinds.Kind kind,
            FilterWatchListDeletable<
                            GenericKubernetesResource,
                            GenericKubernetesResourceList,
                            Resource<GenericKubernetesResource>>
                    resources) {
        return kind.only() == null ? resources : resources.withField("metadata.name", kind.only());
    }

    private Duration publish() throws InterruptedException {
        ClusterChanges compared = changes;
        if (compared == null) {
            compared = known.get();
            changes = compared;
        }
        if (batch.isEmpty()) {
            collect(compared);
        }
        if (!batch.isEmpty()) {
            publisher.publish(List.copyOf(batch));
            batch.clear();
        }
        if (System.nanoTime() - deleteAt >= 0) {
            delete(compared);
            deleteAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DELETE_EVERY_MS);
        }
        return Duration.ZERO;
    }

    private void collect(ClusterChanges compared) throws InterruptedException {
        List<Event> some = new ArrayList<>();
        Event first = events.poll(POLL_MS, TimeUnit.MILLISECONDS);
        if (first != null) {
            some.add(first);
            events.drainTo(some, BATCH - 1);
        }
        for (Event event : some) {
            ContextChange change = change(compared, event);
            if (change != null) {
                batch.add(change);
            }
        }
        if (!open.isEmpty() && events.isEmpty()) {
            batch.addAll(settled(compared));
        }
    }

    /** Returns the ends of known objects that no longer exist, of the kinds that are listed by now or not served. */
    private List<ContextChange> settled(ClusterChanges compared) {
        List<ContextChange> gone = new ArrayList<>();
        synchronized (this) {
            for (WatchedKinds.Kind kind : List.copyOf(open)) {
                SharedIndexInformer<GenericKubernetesResource> informer = informerOfAnyVersion(kind);
                if (informer == null ? isMissing(kind) : informer.hasSynced()) {
                    gone.addAll(compared.notAmong(kind, informer == null ? Set.of() : present(kind, informer)));
                    open.remove(kind);
                }
            }
        }
        if (open.isEmpty()) {
            LOG.info("kubernetes: all objects are listed; later changes are published as they come");
        }
        return gone;
    }

    private @Nullable SharedIndexInformer<GenericKubernetesResource> informerOfAnyVersion(WatchedKinds.Kind kind) {
        return informers.entrySet().stream()
                .filter(each -> each.getKey().isVersionOf(kind))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private boolean isMissing(WatchedKinds.Kind kind) {
        return WatchedKinds.ALL.stream().filter(kind::isVersionOf).allMatch(missing::contains);
    }

    /** Returns the keys of all objects of the informer. Some may still be on their way to the queue. */
    private Set<String> present(WatchedKinds.Kind kind, SharedIndexInformer<GenericKubernetesResource> informer) {
        Set<String> keys = new HashSet<>();
        informer.getStore().list().forEach(each -> {
            ObjectMeta metadata = each.getMetadata();
            keys.add(kind.key(cluster, metadata.getNamespace(), metadata.getName()));
        });
        return keys;
    }

    private void delete(ClusterChanges compared) throws InterruptedException {
        List<String> past = compared.past();
        if (!past.isEmpty()) {
            publisher.delete(past);
            compared.remove(past);
            LOG.info(
                    "kubernetes: removed {} objects from the topic that ended before ingest.history or are replaced",
                    past.size());
        }
    }

    private @Nullable ContextChange change(ClusterChanges compared, Event event) {
        try {
            ObjectNode object = client.getKubernetesSerialization().convertValue(event.object(), ObjectNode.class);
            return event.gone() ? compared.gone(event.kind(), object) : compared.present(event.kind(), object);
        } catch (InvalidRecordException e) {
            metrics.contextRejected.inc();
            LOG.warn(
                    "kubernetes: {} {} cannot be read and is rejected: {}",
                    event.kind().kind(),
                    event.object().getMetadata().getName(),
                    e.getMessage());
            return null;
        }
    }

    private final class Handler implements ResourceEventHandler<GenericKubernetesResource> {
        private final WatchedKinds.Kind kind;

        Handler(WatchedKinds.Kind kind) {
            this.kind = kind;
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {
            put(object, false);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
            put(object, false);
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
            put(object, true);
        }

        /** The informer waits while the queue is full. */
        private void put(GenericKubernetesResource object, boolean gone) {
            try {
                events.put(new Event(kind, object, gone));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
