package dev.weir.ingest;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.conntrack.ConntrackCollector;
import dev.weir.ingest.collector.goldmane.GoldmaneCollector;
import dev.weir.ingest.collector.hubble.HubbleCollector;
import dev.weir.ingest.collector.kubernetes.KubernetesCollector;
import dev.weir.ingest.collector.logs.FileCollector;
import dev.weir.ingest.collector.logs.HttpCollector;
import dev.weir.ingest.collector.logs.TopicCollector;
import dev.weir.ingest.collector.manifests.ManifestsCollector;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.collector.pcap.PcapCollector;
import dev.weir.ingest.enrichment.ContextFollower;
import dev.weir.ingest.enrichment.Enricher;
import dev.weir.ingest.enrichment.Networks;
import dev.weir.ingest.orientation.Deduplicator;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.ingest.pipeline.EventClock;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.ingest.publish.ContextPublisher;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.ingest.publish.FlowTransactions;
import dev.weir.ingest.publish.SpooledFlows;
import dev.weir.ingest.stream.StreamServer;
import dev.weir.model.ContextChange;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
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
    /** Deduplicates flows from the network, by the time of arrival. */
    private final Deduplicator deduplicator;

    /** Deduplicates flows from files and topics, by their event time. */
    private final Deduplicator recorded;

    /** The number of flows in Kafka that wait to be judged. */
    private final LongSupplier lag;

    private final Map<String, ContextChange> known = new ConcurrentHashMap<>();

    private @Nullable NetflowCollector netflow;
    private @Nullable HttpCollector http;
    private @Nullable SpooledFlows spool;

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
        this.lag = lag;
        this.config = config;
        this.kafka = kafka;
        this.clock = clock;
        this.metrics = new IngestMetrics(registry);
        this.deduplicator = deduplicator();
        this.recorded = deduplicator();
        this.enricher = new Enricher(config.cluster(), config.history(), Networks.open(config.networks()), metrics);
    }

    /**
     * Starts the collectors. If one cannot start, those that run already are closed.
     *
     * @throws UnavailableException if a collector cannot start; it says what has to be changed
     */
    public void start() throws InterruptedException {
        try {
            followContext();
            for (Collector collector : collectors()) {
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
        return netflow == null ? null : netflow.port();
    }

    /** Returns the URL to which flows are posted; null if the HTTP collector is switched off. */
    public @Nullable String flowsUrl() {
        return http == null ? null : http.url();
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

    /** Returns the collectors that are switched on. This is their registry: a line for each kind. */
    private List<Collector> collectors() {
        List<Collector> collectors = new ArrayList<>();
        String manifests = config.manifests().path();
        if (manifests != null) {
            collectors.add(manifests(Path.of(manifests)));
        }
        if (config.kubernetes().enabled()) {
            ContextPublisher publisher = new ContextPublisher(kafka, metrics);
            started.push(publisher);
            collectors.add(new KubernetesCollector(
                    config.kubernetes(),
                    config.cluster(),
                    config.history(),
                    () -> Map.copyOf(known),
                    publisher,
                    clock,
                    metrics));
        }
        if (config.netflow().enabled()) {
            collectors.add(netflow());
        }
        StreamServer hubble = config.hubble().streamServer();
        if (hubble != null) {
            collectors.add(new HubbleCollector(config.hubble(), hubble, waiting(HubbleCollector.KIND), clock, metrics));
        }
        StreamServer goldmane = config.goldmane().streamServer();
        if (goldmane != null) {
            collectors.add(new GoldmaneCollector(
                    config.goldmane(), goldmane, waiting(GoldmaneCollector.KIND), clock, metrics));
        }
        if (config.conntrack().enabled()) {
            collectors.add(
                    new ConntrackCollector(config.conntrack(), waiting(ConntrackCollector.KIND), clock, metrics));
        }
        if (!config.pcap().paths().isEmpty() || config.pcap().networkInterface() != null) {
            EventClock time = new EventClock();
            FlowPipeline pipeline = pipeline(PcapCollector.KIND, time, spool()::put);
            collectors.add(new PcapCollector(config.pcap(), time, pipeline, metrics));
        }
        if (config.logs().http().enabled()) {
            collectors.add(http());
        }
        String topic = config.logs().kafka().topic();
        if (topic != null) {
            collectors.add(topic(topic));
        }
        config.logs().paths().forEach(path -> collectors.add(file(path)));
        return collectors;
    }

    private Collector manifests(Path path) {
        ContextPublisher publisher = new ContextPublisher(kafka, metrics);
        started.push(publisher);
        return new ManifestsCollector(
                path,
                config.cluster(),
                config.manifests().poll().toMillis(),
                config.history(),
                Map.copyOf(known),
                publisher,
                clock,
                metrics);
    }

    private Collector netflow() {
        NetflowCollector collector =
                new NetflowCollector(config.netflow(), true, dropping(NetflowCollector.KIND), clock, metrics);
        netflow = collector;
        return collector;
    }

    private Collector http() {
        HttpCollector collector =
                new HttpCollector(config.logs().http(), () -> waiting(FileCollector.KIND), spool(), lag, metrics);
        http = collector;
        return collector;
    }

    private Collector topic(String topic) {
        String id = "weir-topic-" + config.instance() + "-" + topic;
        FlowTransactions transactions = new FlowTransactions(kafka, id, FileCollector.KIND, metrics);
        return new TopicCollector(config.logs().kafka(), topic, kafka, this::recorded, transactions, metrics);
    }

    private Collector file(String path) {
        String id = "weir-file-" + config.instance() + "-" + path;
        FlowTransactions transactions = new FlowTransactions(kafka, id, FileCollector.KIND, metrics);
        return new FileCollector(
                path, config.logs().follow(), config.logs().format(), this::recorded, transactions, metrics);
    }

    /** Creates a pipeline that drops flows if there is no room, for sources that cannot be slowed down. */
    private FlowPipeline dropping(String kind) {
        return pipeline(kind, FlowClock.arrival(clock), spool()::offer);
    }

    /** Creates a pipeline that waits for room, for sources that can be slowed down. */
    private FlowPipeline waiting(String kind) {
        return pipeline(kind, FlowClock.arrival(clock), spool()::put);
    }

    private FlowPipeline pipeline(String kind, FlowClock time, FlowSink sink) {
        return new FlowPipeline(kind, new FlowStages(deduplicator, orienter(), enricher), time, sink, metrics);
    }

    /** Creates a pipeline for flows of files and topics, which goes by their event time. */
    private FlowPipeline recorded(FlowSink sink) {
        FlowStages stages = new FlowStages(recorded, orienter(), enricher);
        return new FlowPipeline(FileCollector.KIND, stages, new EventClock(), sink, metrics);
    }

    /** Returns the spool, in which flows that cannot be read again wait for Kafka. All collectors share it. */
    private SpooledFlows spool() {
        SpooledFlows open = spool;
        if (open == null) {
            open = new SpooledFlows(kafka, config.spool(), clock, metrics);
            spool = open;
            started.push(open);
        }
        return open;
    }

    private Deduplicator deduplicator() {
        return new Deduplicator(config.duplicateWindow(), config.duplicateCapacity(), metrics);
    }

    private Orienter orienter() {
        return new Orienter(config.pairWindow(), config.pairCapacity(), metrics);
    }
}
