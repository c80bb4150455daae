package dev.weir.ingest;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.logs.HttpCollector;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.enrichment.ContextFollower;
import dev.weir.ingest.enrichment.Enricher;
import dev.weir.ingest.enrichment.Networks;
import dev.weir.ingest.publish.SpooledFlows;
import dev.weir.model.ContextChange;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ingest process: reads the context first, then starts every collector that the configuration switches on. */
public final class Ingest implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);
    private static final Duration CONTEXT_WAIT = Duration.ofSeconds(30);
    /** The time to wait for Kafka if flows may be spooled meanwhile. Nothing is received during it. */
    private static final Duration SHORT_WAIT = Duration.ofSeconds(10);

    private final IngestConfig config;
    private final KafkaConfig kafka;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private final Enricher enricher;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final Map<String, ContextChange> known = new ConcurrentHashMap<>();
    private final IngestParts parts;

    public Ingest(IngestConfig config, KafkaConfig kafka, InstantSource clock, CollectorRegistry registry) {
        this(config, kafka, clock, registry, () -> 0);
    }

    /**
     * Creates the process; nothing runs before {@link #start()}.
     *
     * @param lag number of flows in Kafka that wait to be judged, if it is known; senders by HTTP are slowed down by it
     */
    public Ingest(
            IngestConfig config, KafkaConfig kafka, InstantSource clock, CollectorRegistry registry, LongSupplier lag) {
        this.config = config;
        this.kafka = kafka;
        this.clock = clock;
        this.metrics = new IngestMetrics(registry);
        this.enricher = new Enricher(config.cluster(), config.history(), Networks.open(config.networks()), metrics);
        this.parts = new IngestParts(config, kafka, clock, metrics, enricher, known, lag, started::push);
    }

    /**
     * Starts the collectors. If one cannot start, those that run already are closed.
     *
     * @throws UnavailableException if a collector cannot start; it says what has to be changed
     */
    public void start() throws InterruptedException {
        try {
            followContext();
            List<Collector> collectors = new ArrayList<>();
            CollectorTypes.ALL.forEach(type ->
                    collectors.addAll(type.create(parts, config.collectors().of(type))));
            for (Collector collector : collectors) {
                started.push(collector);
                collector.start();
            }
        } catch (RuntimeException | InterruptedException e) {
            close();
            throw e;
        }
    }

    /** Returns the UDP port of the NetFlow collector; null if it is switched off. */
    public @Nullable Integer netflowPort() {
        return started(NetflowCollector.class).map(NetflowCollector::port).orElse(null);
    }

    /** Returns the URL to which flows are posted; null if the HTTP collector is switched off. */
    public @Nullable String flowsUrl() {
        return started(HttpCollector.class).map(HttpCollector::url).orElse(null);
    }

    /** Returns the metrics of this process. */
    public IngestMetrics metrics() {
        return metrics;
    }

    @Override
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private <C extends Collector> Optional<C> started(Class<C> kind) {
        return started.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    private void followContext() throws InterruptedException {
        ContextFollower follower = new ContextFollower(
                kafka,
                (key, change) -> {
                    if (change == null) {
                        known.remove(key);
                    } else {
                        known.put(key, change);
                        enricher.apply(change);
                    }
                },
                enricher::prune,
                config.history(),
                clock,
                metrics);
        started.push(follower);
        follower.start();
        boolean spooled = SpooledFlows.isThereAlready(config.spool());
        boolean caughtUp = follower.awaitCaughtUp(spooled ? SHORT_WAIT : CONTEXT_WAIT);
        if (!caughtUp && spooled) {
            LOG.warn(
                    "Kafka at {} does not answer; flows are spooled to disk until it does. Endpoints are named only from"
                            + " context received since this start",
                    kafka.bootstrapServers());
        } else if (!caughtUp) {
            throw new UnavailableException("Kafka at " + kafka.bootstrapServers() + " did not answer within "
                    + CONTEXT_WAIT.toSeconds() + " s; is it running, and is kafka.bootstrap_servers right?");
        }
    }
}
