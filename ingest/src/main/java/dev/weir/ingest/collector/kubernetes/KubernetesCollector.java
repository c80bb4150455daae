package dev.weir.ingest.collector.kubernetes;

import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorChecks;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.collector.KafkaSetup;
import dev.weir.ingest.publish.ContextSink;
import dev.weir.model.ContextChange;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the API server and publishes the objects that flows are judged by. Informers list and watch, and list again
 * if the server no longer has their position (410 Gone). Of several replicas the one that holds the Lease publishes; a
 * replica that takes over compares all objects with the topic, so nothing is published twice and nothing is missed.
 */
public final class KubernetesCollector implements Collector {
    public static final String KIND = "kubernetes";

    public static final CollectorType<KubernetesConfig> TYPE = CollectorType.ofKafka(
            KIND,
            "Pods, Services, nodes and policies of a cluster, through its API server; it prints no flows.",
            KubernetesConfig.class,
            KubernetesCollector::of,
            KubernetesCollector::check);

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesCollector.class);
    private static final int RETRIES = 2;
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private final KubernetesConfig config;
    private final @Nullable String cluster;
    private final Duration history;
    private final Supplier<Map<String, ContextChange>> known;
    private final ContextSink publisher;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private @Nullable KubernetesClient client;
    private @Nullable CompletableFuture<?> election;
    private @Nullable ClusterWatch watch;
    private @Nullable Worker connector;
    private volatile boolean closed;

    /**
     * Creates the collector; it connects in {@link #start()}.
     *
     * @param cluster name of the cluster; null for the one without a name
     * @param history time for which an object is kept in the topic after its end
     * @param known records that the topic has at the moment, by their keys
     */
    public KubernetesCollector(
            KubernetesConfig config,
            @Nullable String cluster,
            Duration history,
            Supplier<Map<String, ContextChange>> known,
            ContextSink publisher,
            InstantSource clock,
            IngestMetrics metrics) {
        this.config = config;
        this.cluster = cluster;
        this.history = history;
        this.known = known;
        this.publisher = publisher;
        this.clock = clock;
        this.metrics = metrics;
    }

    private static List<Collector> of(KafkaSetup setup, KubernetesConfig config) {
        return config.enabled()
                ? List.of(new KubernetesCollector(
                        config,
                        setup.cluster(),
                        setup.history(),
                        setup::knownContext,
                        setup.contextPublisher(),
                        setup.clock(),
                        setup.metrics()))
                : List.of();
    }

    private static void check(CollectorChecks checks, KubernetesConfig config) {
        if (config.enabled()) {
            checks.check(() -> Kubeconfig.check(config.kubeconfig()));
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    /**
     * Starts connecting. While the API server does not answer, this is repeated with a growing pause; the other
     * collectors of the process run meanwhile.
     *
     * @throws dev.weir.common.config.ConfigException if the kubeconfig cannot be used
     */
    @Override
    public void start() {
        KubernetesClient open = client();
        Worker connecting = new Worker("weir-kubernetes-connect", () -> connect(open), BACKOFF, (failure, pause) -> {
            metrics.reconnects.labels(KIND).inc();
            LOG.warn(
                    "kubernetes: connecting failed: {}; next attempt in {} ms", failure.getMessage(), pause.toMillis());
        });
        connector = connecting;
        connecting.start();
    }

    /**
     * Checks that the API server answers, for runs without another source.
     *
     * @throws UnavailableException if the API server does not answer
     */
    public void requireAnswer() {
        try (KubernetesClient open = client()) {
            String failure = failure(open);
            if (failure != null) {
                throw new UnavailableException("kubernetes: " + failure);
            }
        }
    }

    private @Nullable Duration connect(KubernetesClient open) {
        String failure = failure(open);
        if (failure != null) {
            throw new UnavailableException(failure);
        }
        if (config.leaderElection()) {
            elect(open, UUID.randomUUID().toString());
        } else {
            lead(open);
        }
        return null;
    }

    /**
     * Stands for election until the collector is closed: an elector that has lost cannot be used again, so another
     * replaces it.
     */
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
                        LOG.warn(
                                "kubernetes: this replica no longer holds the Lease and does not publish; standing for election again");
                        elect(open, identity);
                    }
                },
                CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Override
    public void close() {
        closed = true;
        if (connector != null) {
            connector.close();
        }
        if (election != null) {
            election.cancel(true);
        }
        follow();
        if (client != null) {
            client.close();
        }
    }

    private KubernetesClient client() {
        Config settings = Kubeconfig.read(config.kubeconfig());
        // Failed requests are repeated here, with a log line and a count.
        settings.setRequestRetryBackoffLimit(RETRIES);
        KubernetesClient open =
                new KubernetesClientBuilder().withConfig(settings).build();
        client = open;
        return open;
    }

    /** Returns the reason why the API server cannot be used; null if it answers. */
    private static @Nullable String failure(KubernetesClient open) {
        try {
            LOG.info(
                    "kubernetes: {} version {}",
                    open.getMasterUrl(),
                    open.getKubernetesVersion().getGitVersion());
            return null;
        } catch (KubernetesClientException e) {
            return open.getMasterUrl() + " does not answer: " + e.getMessage()
                    + "; ingest.kubernetes.kubeconfig names a file with how to reach it";
        }
    }

    /** Watches and publishes, until {@link #follow} is called. */
    private synchronized void lead(KubernetesClient open) {
        if (closed || watch != null) {
            return;
        }
        ClusterWatch started = new ClusterWatch(
                open,
                config.discovery(),
                () -> new ClusterChanges(cluster, known.get(), history, clock),
                cluster,
                publisher,
                metrics);
        watch = started;
        metrics.kubernetesLeads.set(1);
        started.start();
    }

    /** Stops watching: another replica leads, or the process ends. */
    private synchronized void follow() {
        metrics.kubernetesLeads.set(0);
        ClusterWatch ending = watch;
        watch = null;
        if (ending != null) {
            ending.close();
        }
    }
}
