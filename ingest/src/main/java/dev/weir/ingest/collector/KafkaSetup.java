package dev.weir.ingest.collector;

import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.publish.ContextPublisher;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.ingest.publish.FlowTransactions;
import dev.weir.ingest.publish.SpooledFlows;
import dev.weir.model.ContextChange;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The parts of the ingest process for a collector that writes to Kafka itself, or publishes context. */
public interface KafkaSetup extends CollectorSetup {

    KafkaConfig kafka();

    /** The cluster whose context this process publishes and whose flows it reads; null for the one without a name. */
    @Nullable String cluster();

    /** The time for which an object stays in {@code weir.context} after its end. */
    Duration history();

    /** Creates a pipeline for flows that are read again after a failure; it goes by their event time. */
    FlowPipeline recorded(String kind, FlowSink sink);

    /**
     * Creates transactions, which write flows and the position in their source in one step.
     *
     * @param way of reading, as part of the id of the transactions: {@code file} or {@code topic}
     * @param source name of the source, unique among those of the same way
     */
    FlowTransactions transactions(String kind, String way, String source);

    /** Creates a publisher of context; this process closes it. */
    ContextPublisher contextPublisher();

    /** The records of {@code weir.context} that are known at the moment, by their keys. */
    Map<String, ContextChange> knownContext();

    /** The spool, in which flows that cannot be read again wait for Kafka. All collectors share it. */
    SpooledFlows spool();

    /** The number of flows in Kafka that wait to be judged; 0 if it is not known. */
    LongSupplier lag();
}
