package dev.weir.ingest.collector.logs;

import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.KafkaProtocol;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.RecordCounts;
import dev.weir.ingest.publish.BatchPublisher;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.ingest.publish.Outgoing;
import dev.weir.ingest.publish.Position;
import dev.weir.model.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads lines of flows from a topic of Weir's Kafka or of another. The position is kept in {@code weir.positions}, in
 * the same transaction as the flows: a restart continues there regardless of the group's own offsets, and nothing is
 * published twice.
 */
public final class TopicCollector implements Collector {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCollector.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(10));

    private final TopicConfig config;
    private final String topic;
    private final KafkaConfig kafka;
    private final Function<FlowSink, FlowPipeline> pipelines;
    private final BatchPublisher publisher;
    private final IngestMetrics metrics;
    private final RecordCounts counts;
    private final Consumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, FlowLines> readers = new HashMap<>();
    /** Partitions that continue at their published position before anything else is read. */
    private final Set<TopicPartition> unpositioned = new HashSet<>();

    private final Worker worker;

    /**
     * Creates the collector; it subscribes in {@link #start()}.
     *
     * @param pipelines makes a pipeline that ends in a sink for each batch, within which halves are paired; it goes by
     *     event time
     */
    public TopicCollector(
            TopicConfig config,
            String topic,
            KafkaConfig own,
            Function<FlowSink, FlowPipeline> pipelines,
            BatchPublisher publisher,
            IngestMetrics metrics) {
        this(
                config,
                topic,
                own,
                pipelines,
                publisher,
                metrics,
                KafkaClients.groupConsumer(Objects.requireNonNullElse(config.kafka(), own), config.group(), null));
    }

    TopicCollector(
            TopicConfig config,
            String topic,
            KafkaConfig own,
            Function<FlowSink, FlowPipeline> pipelines,
            BatchPublisher publisher,
            IngestMetrics metrics,
            Consumer<byte[], byte[]> consumer) {
        this.config = config;
        this.topic = topic;
        this.kafka = Objects.requireNonNullElse(config.kafka(), own);
        this.pipelines = pipelines;
        this.publisher = publisher;
        this.metrics = metrics;
        this.counts = new RecordCounts(FileCollector.KIND, metrics, LOG);
        this.consumer = consumer;
        // Not interrupted, but woken up: the consumer leaves its group, so that another one need not wait for it.
        this.worker = new Worker("weir-topic-" + topic, this::read, BACKOFF, this::failed)
                .uninterrupted()
                .endingWith(consumer::close);
    }

    @Override
    public String kind() {
        return FileCollector.KIND;
    }

    /**
     * Starts reading.
     *
     * @throws dev.weir.common.config.ConfigException if the other Kafka speaks TLS and the properties do not, or the
     *     reverse
     */
    @Override
    public void start() {
        if (config.kafka() != null) {
            KafkaProtocol.check(kafka, TopicConfig.SECTION);
        }
        consumer.subscribe(List.of(topic), new Assigned());
        LOG.info("logs: reading the topic {} of {}", topic, kafka.bootstrapServers());
        worker.start();
    }

    @Override
    public void close() {
        consumer.wakeup();
        publisher.close();
        worker.close(CLOSE_WAIT);
        if (!worker.isRunning()) {
            // A worker that was never started has not closed it.
            consumer.close();
        }
    }

    private Duration read() throws InterruptedException {
        try {
            seekToPositions();
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            // The consumer is past these records already; after a failure they are read again.
            unpositioned.addAll(records.partitions());
            for (TopicPartition partition : records.partitions()) {
                publish(partition, records.records(partition));
                unpositioned.remove(partition);
            }
        } catch (WakeupException e) {
            LOG.debug("logs: polling of {} was woken up", topic);
        } catch (InterruptException e) {
            // Without the thread's mark of an interruption the consumer can leave its group.
            boolean unusedInterrupted = Thread.interrupted();
            InterruptedException end = new InterruptedException(e.getMessage());
            end.initCause(e);
            throw end;
        }
        return Duration.ZERO;
    }

    private void failed(Exception failure, Duration pause) {
        metrics.readFailures.labels(FileCollector.KIND).inc();
        LOG.warn(
                "logs: reading the topic {} failed: {}; next attempt in {} ms",
                topic,
                failure.toString(),
                pause.toMillis());
    }

    private void seekToPositions() throws InterruptedException {
        for (TopicPartition partition : List.copyOf(unpositioned)) {
            Position position = publisher.position(source(partition));
            if (position == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, position.offset());
            }
            unpositioned.remove(partition);
        }
    }

    private void publish(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records)
            throws InterruptedException {
        FlowLines reader = readers.computeIfAbsent(
                partition, each -> new FlowLines(each.toString(), config.format(), this::report, counts::skipped));
        List<Outgoing> outgoing = new ArrayList<>();
        FlowPipeline pipeline = pipelines.apply((kind, flow) -> outgoing.add(Outgoing.of(kind, flow)));
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Flow flow =
                    record.value() == null ? null : reader.flow(new LineSource.Line(record.value(), record.offset()));
            if (flow != null) {
                pipeline.accept(flow);
            }
        }
        pipeline.flush();
        long next = records.get(records.size() - 1).offset() + 1;
        boolean done = publisher.publish(outgoing, new Position(source(partition), topic, next, List.of()));
        if (!done) {
            LOG.debug("logs: closed before a batch of {} was published; it is read again at the next start", partition);
        }
    }

    private String source(TopicPartition partition) {
        return "topic:" + kafka.bootstrapServers() + "/" + partition;
    }

    private void report(FlowLines.Problem problem) {
        counts.rejected(problem.format(), problem.message());
    }

    private final class Assigned implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(readers::remove);
            partitions.forEach(unpositioned::remove);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            unpositioned.addAll(partitions);
            try {
                seekToPositions();
            } catch (InterruptedException e) {
                // Ends the collector: it must not read from another place.
                throw new InterruptException(e);
            }
        }
    }
}
