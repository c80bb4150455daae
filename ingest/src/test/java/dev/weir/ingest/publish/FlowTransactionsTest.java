package dev.weir.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Transactions that are committed, fail, have an unknown outcome, or are fenced. */
class FlowTransactionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Position POSITION = new Position("file:/flows", "1", 42, List.of());
    private static final List<Outgoing> FLOWS = List.of(flow("a"), flow("b"));

    private final CollectorRegistry registry = new CollectorRegistry();
    private final List<MockProducer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicReference<@Nullable Position> published = new AtomicReference<>();
    private volatile Consumer<MockProducer<byte[], byte[]>> fault = producer -> {};

    private final FlowTransactions transactions = new FlowTransactions(
            new KafkaConfig("127.0.0.1:1", Map.of()),
            "logs",
            new IngestMetrics(registry),
            () -> {
                MockProducer<byte[], byte[]> producer =
                        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
                fault.accept(producer);
                producers.add(producer);
                return producer;
            },
            source -> {
                reads.incrementAndGet();
                return published.get();
            });

    @Test
    void flowsAndTheirPositionAreOneTransaction() throws Exception {
        assertThat(transactions.publish(FLOWS, POSITION)).isTrue();
        MockProducer<byte[], byte[]> producer = producers.get(0);
        assertThat(producer.commitCount()).isEqualTo(1);
        assertThat(keys(producer)).containsExactly("a", "b", "file:/flows");
        ProducerRecord<byte[], byte[]> last = producer.history().get(2);
        assertThat(last.topic()).isEqualTo(Topics.POSITIONS.topic());
        assertThat(Json.read(last.value(), Position.class)).isEqualTo(POSITION);
        assertThat(publishedFlows()).isEqualTo(2);
        assertThat(reads).as("no outcome is unknown").hasValue(0);
        assertThat(transactions.publish(FLOWS, POSITION)).isTrue();
        assertThat(producers).as("the connection is kept").hasSize(1);
        assertThat(producer.commitCount()).isEqualTo(2);
    }

    @Test
    void failedCommitIsRepeatedByANewProducer() throws Exception {
        failFirst(producer -> producer.commitTransactionException = new KafkaException("aborted"));
        assertThat(transactions.publish(FLOWS, POSITION)).isTrue();
        assertThat(producers).hasSize(2);
        assertThat(producers.get(0).closed()).isTrue();
        assertThat(producers.get(0).history()).as("nothing is visible").isEmpty();
        assertThat(keys(producers.get(1))).containsExactly("a", "b", "file:/flows");
        assertThat(producers.get(1).commitCount()).isEqualTo(1);
        assertThat(publishedFlows()).isEqualTo(2);
        assertThat(retries()).isEqualTo(1);
    }

    @Test
    void commitWithoutAnAnswerIsNotRepeatedIfItWasDone() throws Exception {
        failFirst(producer -> producer.commitTransactionException = new TimeoutException("no answer"));
        published.set(POSITION);
        assertThat(transactions.publish(FLOWS, POSITION)).isTrue();
        assertThat(producers).hasSize(2);
        assertThat(producers.get(1).history()).isEmpty();
        assertThat(producers.get(1).commitCount()).isZero();
        assertThat(publishedFlows()).isEqualTo(2);
    }

    @Test
    void olderPositionDoesNotEndTheAttempts() throws Exception {
        failFirst(producer -> producer.commitTransactionException = new TimeoutException("no answer"));
        published.set(new Position("file:/flows", "1", 41, List.of()));
        assertThat(transactions.publish(FLOWS, POSITION)).isTrue();
        assertThat(producers.get(1).commitCount()).isEqualTo(1);
    }

    @Test
    void fencedProducerIsReplaced() throws Exception {
        assertThat(transactions.publish(FLOWS, POSITION)).isTrue();
        producers.get(0).fenceProducer();
        assertThat(transactions.publish(FLOWS, POSITION)).isTrue();
        assertThat(producers).hasSize(2);
        assertThat(producers.get(0).closed()).isTrue();
        assertThat(producers.get(1).transactionInitialized()).isTrue();
        assertThat(producers.get(1).commitCount()).isEqualTo(1);
    }

    @Test
    void failedConnectionIsRepeatedForThePosition() throws Exception {
        failFirst(producer -> producer.initTransactionException = new ProducerFencedException("by another"));
        published.set(POSITION);
        assertThat(transactions.position("file:/flows")).isEqualTo(POSITION);
        assertThat(producers).hasSize(2);
        assertThat(retries()).isEqualTo(1);
        assertThat(reads).as("only of an initialized producer").hasValue(1);
    }

    @Test
    void pausesGrowWithTheFailures() throws Exception {
        fault = producer -> {
            if (producers.size() < 2) {
                producer.initTransactionException = new KafkaException("unreachable");
            }
        };
        long startedNs = System.nanoTime();
        assertThat(transactions.publish(FLOWS, POSITION)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - startedNs))
                .isGreaterThanOrEqualTo(Duration.ofMillis(250 + 500));
        assertThat(retries()).isEqualTo(2);
    }

    @Test
    void closeEndsThePauseAndLeavesTheOutcomeUnknown() throws Exception {
        fault = producer -> producer.commitTransactionException = new KafkaException("unreachable");
        CompletableFuture<Boolean> result = CompletableFuture.supplyAsync(() -> {
            try {
                return transactions.publish(FLOWS, POSITION);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await().atMost(PATIENCE).until(() -> retries() >= 1);
        transactions.close();
        assertThat(result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isFalse();
        assertThat(publishedFlows()).isZero();
        assertThat(producers).allMatch(MockProducer::closed);
        assertThat(transactions.position("file:/flows")).isNull();
    }

    private void failFirst(Consumer<MockProducer<byte[], byte[]>> how) {
        fault = producer -> {
            if (producers.isEmpty()) {
                how.accept(producer);
            }
        };
    }

    private static Outgoing flow(String key) {
        return new Outgoing("hubble", key.getBytes(StandardCharsets.UTF_8), new byte[] {1});
    }

    private static List<String> keys(MockProducer<byte[], byte[]> producer) {
        return producer.history().stream()
                .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                .toList();
    }

    private double publishedFlows() {
        return value("weir_ingest_flows_published_total", "hubble");
    }

    private double retries() {
        return value("weir_ingest_publish_retries_total", "logs");
    }

    private double value(String metric, String collector) {
        Double value = registry.getSampleValue(metric, new String[] {"collector"}, new String[] {collector});
        return value == null ? 0 : value;
    }
}
