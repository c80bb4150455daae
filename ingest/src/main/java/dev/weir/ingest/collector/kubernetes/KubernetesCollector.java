package dev.weir.ingest.collector.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.publish.ContextSink;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.Json;
import dev.weir.model.config.UnavailableException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the API server and publishes what flows are judged by. Informers list, watch, and list anew when the server has
 * forgotten where they were (410 Gone). Of several replicas the one that holds the Lease publishes; whoever takes over
 * compares all there is with what the topic holds, so nothing is told twice and nothing is missed.
 */
public final class KubernetesCollector implements Collector {
    public static final String KIND = "kubernetes";

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesCollector.class);
    private static final int QUEUE = 10_000;
    private static final int BATCH = 500;
    private static final long POLL_MS = 100;

    private final KubernetesConfig config;
    private final Supplier<Map<String, ContextChange>> known;
    private final ContextSink publisher;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    /** With the kind that each watches. */
    private final Map<SharedIndexInformer<GenericKubernetesResource>, String> informers = new LinkedHashMap<>();

    private @Nullable KubernetesClient client;
    private @Nullable CompletableFuture<?> election;
    private @Nullable Thread thread;
    private volatile boolean closed;

    private record Event(String kind, GenericKubernetesResource object, boolean gone) {}

    /**
     * @param known what the topic holds at the moment, by key
     */
    public KubernetesCollector(
            KubernetesConfig config,
            Supplier<Map<String, ContextChange>> known,
            ContextSink publisher,
            InstantSource clock,
            IngestMetrics metrics) {
        this.config = config;
        this.known = known;
        this.publisher = publisher;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void start() {
        KubernetesClient open = connected();
        client = open;
        if (!config.leaderElection()) {
            lead(open);
            return;
        }
        elect(open, UUID.randomUUID().toString());
    }

    /** Stands for election until this is closed: an elector that has lost is of no more use, and another takes its place. */
    private synchronized void elect(KubernetesClient open, String identity) {
        if (closed) {
            return;
        }
        LeaderElector elector = open.leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName(config.leaseName())
                        .withLock(new LeaseLock(config.leaseNamespace(), config.leaseName(), identity))
                        .withLeaseDuration(config.leaseDuration())
                        .withRenewDeadline(
                                config.leaseDuration().multipliedBy(2).dividedBy(3))
                        .withRetryPeriod(config.leaseDuration().dividedBy(6))
                        .withReleaseOnCancel(true)
                        .withLeaderCallbacks(new LeaderCallbacks(
                                () -> lead(open), this::follow, leader -> LOG.info("kubernetes: {} leads", leader)))
                        .build())
                .build();
        CompletableFuture<?> started = elector.start();
        election = started;
        Duration pause = config.leaseDuration().dividedBy(6);
        var unused = started.whenCompleteAsync(
                (done, failure) -> {
                    follow();
                    if (!closed) {
                        LOG.warn("kubernetes: the lead is lost, standing for election again");
                        elect(open, identity);
                    }
                },
                CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Override
    public void close() {
        closed = true;
        if (election != null) {
            election.cancel(true);
        }
        follow();
        if (client != null) {
            client.close();
        }
    }

    private KubernetesClient connected() {
        String file = config.kubeconfig();
        if (file != null && !Files.isReadable(Path.of(file))) {
            throw new UnavailableException("kubernetes: " + file
                    + ": there is no such file, or it may not be read; ingest.kubernetes.kubeconfig names it");
        }
        Config settings = file == null
                ? new ConfigBuilder().build()
                : new ConfigBuilder(Config.fromKubeconfig(new File(file))).build();
        KubernetesClient open =
                new KubernetesClientBuilder().withConfig(settings).build();
        try {
            LOG.info(
                    "kubernetes: {} version {}",
                    settings.getMasterUrl(),
                    open.getKubernetesVersion().getGitVersion());
            return open;
        } catch (KubernetesClientException e) {
            open.close();
            throw new UnavailableException("kubernetes: " + settings.getMasterUrl() + " does not answer: "
                    + e.getMessage() + "; ingest.kubernetes.kubeconfig names a file with how to reach it");
        }
    }

    /** Watches and publishes, until {@link #follow}. */
    private synchronized void lead(KubernetesClient open) {
        if (closed || thread != null) {
            return;
        }
        BlockingQueue<Event> events = new ArrayBlockingQueue<>(QUEUE);
        for (WatchedKinds.Kind kind : WatchedKinds.ALL) {
            if (!kind.required() && !open.supports(kind.apiVersion(), kind.kind())) {
                LOG.info("kubernetes: there is no {} in this cluster", kind.kind());
                continue;
            }
            var resources = open.genericKubernetesResources(kind.context());
            SharedIndexInformer<GenericKubernetesResource> informer =
                    (kind.namespaced() ? resources.inAnyNamespace() : resources).runnableInformer(0);
            informer.addEventHandler(new Handler(kind.kind(), events));
            // Whatever goes wrong later is tried again, with a growing pause.
            informer.exceptionHandler((started, failure) -> {
                metrics.reconnects.labels(KIND).inc();
                LOG.warn("kubernetes: {}: trying again: {}", kind.plural(), failure.getMessage());
                return !closed;
            });
            informers.put(informer, kind.kind());
        }
        Thread publishing = new Thread(() -> publish(events), "weir-kubernetes");
        publishing.setDaemon(true);
        thread = publishing;
        metrics.kubernetesLeads.set(1);
        publishing.start();
        informers.keySet().forEach(SharedIndexInformer::start);
    }

    /** Ends watching, for another one leads or the process ends. */
    private synchronized void follow() {
        metrics.kubernetesLeads.set(0);
        informers.keySet().forEach(SharedIndexInformer::stop);
        informers.clear();
        Thread publishing = thread;
        thread = null;
        if (publishing != null) {
            publishing.interrupt();
            try {
                publishing.join(TimeUnit.SECONDS.toMillis(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void publish(BlockingQueue<Event> events) {
        ClusterChanges changes = new ClusterChanges(known.get(), clock);
        boolean complete = false;
        try {
            while (!closed && Thread.currentThread() == thread) {
                List<Event> some = new ArrayList<>();
                Event first = events.poll(POLL_MS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    some.add(first);
                    events.drainTo(some, BATCH - 1);
                }
                List<ContextChange> batch = new ArrayList<>();
                for (Event event : some) {
                    ContextChange change = change(changes, event);
                    if (change != null) {
                        batch.add(change);
                    }
                }
                if (!complete && events.isEmpty() && synced()) {
                    complete = true;
                    batch.addAll(changes.notAmong(present()));
                    LOG.info("kubernetes: all objects are known");
                }
                publishAll(batch);
            }
        } catch (InterruptedException e) {
            LOG.debug("stopped");
        }
    }

    private synchronized boolean synced() {
        return !informers.isEmpty() && informers.keySet().stream().allMatch(SharedIndexInformer::hasSynced);
    }

    /** Keys of all that the informers hold. What they hold may still be on its way to the queue. */
    private synchronized Set<String> present() {
        Set<String> keys = new HashSet<>();
        informers.forEach((informer, kind) -> informer.getStore().list().forEach(each -> {
            ObjectMeta metadata = each.getMetadata();
            keys.add(ContextChange.key(kind, metadata.getNamespace(), metadata.getName()));
        }));
        return keys;
    }

    private void publishAll(List<ContextChange> batch) throws InterruptedException {
        boolean done = batch.isEmpty();
        while (!done) {
            try {
                publisher.publish(batch);
                done = true;
            } catch (KafkaException e) {
                metrics.publishRetries.labels(KIND).inc();
                LOG.warn("kubernetes: changes are not taken, trying again: {}", e.getMessage());
                Thread.sleep(1_000);
            }
        }
    }

    private @Nullable ContextChange change(ClusterChanges changes, Event event) {
        try {
            ObjectNode object = (ObjectNode) Json.MAPPER.readTree(Serialization.asJson(event.object()));
            return event.gone() ? changes.gone(event.kind(), object) : changes.present(event.kind(), object);
        } catch (InvalidRecordException | JsonProcessingException e) {
            metrics.contextRejected.inc();
            LOG.warn(
                    "kubernetes: {} {} is ignored: {}",
                    event.kind(),
                    event.object().getMetadata().getName(),
                    e.getMessage());
            return null;
        }
    }

    private static final class Handler implements ResourceEventHandler<GenericKubernetesResource> {
        private final String kind;
        private final BlockingQueue<Event> events;

        Handler(String kind, BlockingQueue<Event> events) {
            this.kind = kind;
            this.events = events;
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

        /** While the queue is full the informer waits. */
        private void put(GenericKubernetesResource object, boolean gone) {
            try {
                events.put(new Event(kind, object, gone));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
