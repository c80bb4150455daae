package dev.weir.ingest.collector.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.ingest.publish.FlowTransactions;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Failures of a topic's collector; with a real Kafka it is tested in the module standalone. */
class TopicCollectorTest {
    private static final String TOPIC = "flows";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final KafkaConfig UNREACHABLE = new KafkaConfig("127.0.0.1:1", Map.of());
    private static final String FLOW =
            "{\"start_ms\":1,\"source\":{\"ip\":\"10.0.0.1\"},\"destination\":{\"ip\":\"10.0.0.2\"},\"protocol\":\"TCP\"}";

    private final IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final FlowTransactions transactions = new FlowTransactions(UNREACHABLE, "test", "logs", metrics);
    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicReference<Thread> thread = new AtomicReference<>();

    @Test
    void batchThatFailsIsReadAgain() {
        // A closed publisher knows no position and publishes nothing: reading begins at the first record.
        transactions.close();
        try (TopicCollector collector = collector(sink -> {
            if (batches.incrementAndGet() == 1) {
                throw new IllegalStateException("a failure of the first batch");
            }
            return pipeline(sink);
        })) {
            assign();
            consumer.schedulePollTask(() -> consumer.addRecord(flow(0)));
            collector.start();
            await().until(() -> batches.get() == 1);
            // The mock forgets records that it has returned.
            consumer.schedulePollTask(() -> {
                assertThat(consumer.position(PARTITION)).isZero();
                consumer.addRecord(flow(0));
            });
            await().until(() -> batches.get() == 2);
        }
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void failedPollIsFollowedByAPause() {
        transactions.close();
        AtomicInteger polls = new AtomicInteger();
        AtomicReference<Long> failedNs = new AtomicReference<>();
        AtomicReference<Long> nextNs = new AtomicReference<>();
        try (TopicCollector collector = collector(this::pipeline)) {
            consumer.schedulePollTask(() -> {
                failedNs.set(System.nanoTime());
                throw new KafkaException("not allowed to read");
            });
            consumer.schedulePollTask(() -> {
                nextNs.set(System.nanoTime());
                polls.incrementAndGet();
            });
            collector.start();
            await().until(() -> polls.get() == 1);
        }
        assertThat(nextNs.get() - failedNs.get()).isGreaterThanOrEqualTo(250_000_000L);
    }

    @Test
    void interruptedAssignmentEndsTheCollector() {
        try (TopicCollector collector = collector(this::pipeline)) {
            assign();
            collector.start();
            await().until(() -> thread.get() != null);
            thread.get().interrupt();
            await().until(() -> !thread.get().isAlive());
            assertThat(consumer.closed()).as("left its group").isTrue();
        }
        assertThat(batches).hasValue(0);
    }

    private TopicCollector collector(Function<FlowSink, FlowPipeline> pipelines) {
        return new TopicCollector(
                new TopicConfig(TOPIC, null, null, null, null, "weir"),
                TOPIC,
                UNREACHABLE,
                pipelines,
                transactions,
                metrics,
                consumer);
    }

    private FlowPipeline pipeline(FlowSink sink) {
        return new FlowPipeline("logs", FlowStages.NONE, FlowClock.arrival(InstantSource.system()), sink, metrics);
    }

    private void assign() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.schedulePollTask(() -> {
            thread.set(Thread.currentThread());
            consumer.rebalance(List.of(PARTITION));
        });
    }

    private static ConsumerRecord<byte[], byte[]> flow(long offset) {
        return new ConsumerRecord<>(TOPIC, 0, offset, null, FLOW.getBytes(StandardCharsets.UTF_8));
    }
}
