package dev.weir.ingest.publish;

import dev.weir.common.Backoff;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.common.kafka.WholeTopic;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes flows from sources that can be read again. A batch and the position after it become visible together, so
 * neither a crash nor an unreachable Kafka loses a flow or publishes it twice. For one thread.
 */
public final class FlowTransactions implements BatchPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(FlowTransactions.class);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(10));

    private final KafkaConfig kafka;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Function<String, @Nullable Position> positions;
    private final String collector;
    private final IngestMetrics metrics;
    private @Nullable Producer<byte[], byte[]> producer;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * Creates a publisher; it connects at the first use.
     *
     * @param transactionalId id that is the same after a restart and not used by any other process
     */
    public FlowTransactions(KafkaConfig kafka, String transactionalId, String collector, IngestMetrics metrics) {
        this(
                kafka,
                collector,
                metrics,
                () -> KafkaClients.transactionalProducer(kafka, transactionalId),
                source -> published(kafka, source));
    }

    /**
     * Creates a publisher with other clients of Kafka.
     *
     * @param producers makes the producer of each connection, not yet initialized
     * @param positions reads the published position of a source; null if there is none
     */
    FlowTransactions(
            KafkaConfig kafka,
            String collector,
            IngestMetrics metrics,
            Supplier<Producer<byte[], byte[]>> producers,
            Function<String, @Nullable Position> positions) {
        this.kafka = kafka;
        this.producers = producers;
        this.positions = positions;
        this.collector = collector;
        this.metrics = metrics;
    }

    /** Waits for Kafka as long as necessary. */
    @Override
    public @Nullable Position position(String source) throws InterruptedException {
        return untilItSucceeds(() -> {
            connected();
            return positions.apply(source);
        });
    }

    /** Waits for Kafka as long as necessary. */
    @Override
    public boolean publish(List<Outgoing> flows, Position position) throws InterruptedException {
        boolean[] mayBeDone = {false};
        Boolean done = untilItSucceeds(() -> {
            Producer<byte[], byte[]> open = connected();
            if (mayBeDone[0] && position.equals(positions.apply(position.source()))) {
                return true;
            }
            mayBeDone[0] = true;
            send(open, flows, position);
            return true;
        });
        if (done == null) {
            return false;
        }
        flows.stream()
                .collect(Collectors.groupingBy(Outgoing::collector, Collectors.counting()))
                .forEach(
                        (kind, published) -> metrics.flowsPublished.labels(kind).inc(published));
        return true;
    }

    @Override
    public void close() {
        closing.countDown();
        disconnect();
    }

    private static void send(Producer<byte[], byte[]> open, List<Outgoing> flows, Position position) {
        open.beginTransaction();
        for (Outgoing flow : flows) {
            // A failure of the send makes the commit fail.
            Future<RecordMetadata> unused = open.send(flow.record());
        }
        Future<RecordMetadata> unused = open.send(new ProducerRecord<>(
                Topics.POSITIONS.topic(), 0, position.source().getBytes(StandardCharsets.UTF_8), Json.write(position)));
        open.commitTransaction();
    }

    private Producer<byte[], byte[]> connected() {
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            open = producers.get();
            producer = open;
            open.initTransactions();
        }
        return open;
    }

    private void disconnect() {
        Producer<byte[], byte[]> open = producer;
        producer = null;
        if (open != null) {
            open.close(Duration.ZERO);
        }
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    private interface Attempt<T> {
        @Nullable T run();
    }

    private <T> @Nullable T untilItSucceeds(Attempt<T> attempt) throws InterruptedException {
        int failed = 0;
        while (!isClosed()) {
            try {
                return attempt.run();
            } catch (KafkaException e) {
                if (isClosed()) {
                    return null;
                }
                metrics.publishRetries.labels(collector).inc();
                failed++;
                long pauseMs = BACKOFF.after(failed).toMillis();
                LOG.warn(
                        "publishing flows to Kafka at {} failed: {}; next attempt in {} ms",
                        kafka.bootstrapServers(),
                        e.getMessage(),
                        pauseMs);
                disconnect();
                boolean unusedClosed = closing.await(pauseMs, TimeUnit.MILLISECONDS);
            } catch (RuntimeException e) {
                // Aborts the transaction, so that the next batch can begin one.
                disconnect();
                if (isClosed()) {
                    return null;
                }
                throw e;
            }
        }
        return null;
    }

    private static @Nullable Position published(KafkaConfig kafka, String source) {
        byte[] key = source.getBytes(StandardCharsets.UTF_8);
        AtomicReference<@Nullable Position> last = new AtomicReference<>();
        WholeTopic.read(kafka, Topics.POSITIONS.topic(), message -> {
            if (Arrays.equals(key, message.key()) && message.value() != null) {
                last.set(Json.read(message.value(), Position.class));
            }
        });
        return last.get();
    }
}
