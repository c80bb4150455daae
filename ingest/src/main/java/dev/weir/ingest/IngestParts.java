package dev.weir.ingest;

import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.collector.KafkaSetup;
import dev.weir.ingest.enrichment.Enricher;
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
import dev.weir.model.ContextChange;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The parts of the ingest process that its collectors share, made when the first collector asks for them. */
final class IngestParts implements KafkaSetup {
    private final IngestConfig config;
    private final KafkaConfig kafka;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private final Enricher enricher;
    private final Map<String, ContextChange> known;
    private final LongSupplier lag;
    private final Consumer<AutoCloseable> closing;

    /** Deduplicates flows from the network, by the time of arrival. */
    private final Deduplicator deduplicator;

    /** Deduplicates flows from files and topics, by their event time. */
    private final Deduplicator recorded;

    private @Nullable SpooledFlows spool;

    /**
     * Creates the parts.
     *
     * @param known records of {@code weir.context} by their keys, which the process keeps up to date
     * @param closing receives what the process has to close in the end
     */
    IngestParts(
            IngestConfig config,
            KafkaConfig kafka,
            InstantSource clock,
            IngestMetrics metrics,
            Enricher enricher,
            Map<String, ContextChange> known,
            LongSupplier lag,
            Consumer<AutoCloseable> closing) {
        this.config = config;
        this.kafka = kafka;
        this.clock = clock;
        this.metrics = metrics;
        this.enricher = enricher;
        this.known = known;
        this.lag = lag;
        this.closing = closing;
        this.deduplicator = deduplicator();
        this.recorded = deduplicator();
    }

    @Override
    public FlowPipeline dropping(String kind) {
        return pipeline(kind, FlowClock.arrival(clock), spool()::offer);
    }

    @Override
    public FlowPipeline waiting(String kind, FlowClock time) {
        return pipeline(kind, time, spool()::put);
    }

    @Override
    public FlowPipeline recorded(String kind, FlowSink sink) {
        FlowStages stages = new FlowStages(recorded, orienter(), enricher);
        return new FlowPipeline(kind, stages, new EventClock(), sink, metrics);
    }

    @Override
    public FlowTransactions transactions(String kind, String way, String source) {
        String id = "weir-" + way + "-" + config.instance() + "-" + source;
        return new FlowTransactions(kafka, id, kind, metrics);
    }

    @Override
    public ContextPublisher contextPublisher() {
        ContextPublisher publisher = new ContextPublisher(kafka, metrics);
        closing.accept(publisher);
        return publisher;
    }

    @Override
    public Map<String, ContextChange> knownContext() {
        return Map.copyOf(known);
    }

    @Override
    public SpooledFlows spool() {
        SpooledFlows open = spool;
        if (open == null) {
            open = new SpooledFlows(kafka, config.spool(), clock, metrics);
            spool = open;
            closing.accept(open);
        }
        return open;
    }

    @Override
    public KafkaConfig kafka() {
        return kafka;
    }

    @Override
    public @Nullable String cluster() {
        return config.cluster();
    }

    @Override
    public Duration history() {
        return config.history();
    }

    @Override
    public LongSupplier lag() {
        return lag;
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public IngestMetrics metrics() {
        return metrics;
    }

    private FlowPipeline pipeline(String kind, FlowClock time, FlowSink sink) {
        return new FlowPipeline(kind, new FlowStages(deduplicator, orienter(), enricher), time, sink, metrics);
    }

    private Deduplicator deduplicator() {
        return new Deduplicator(config.duplicateWindow(), config.duplicateCapacity(), metrics);
    }

    private Orienter orienter() {
        return new Orienter(config.pairWindow(), config.pairCapacity(), metrics);
    }
}
