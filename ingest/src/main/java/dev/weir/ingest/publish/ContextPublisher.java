package dev.weir.ingest.publish;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.ContextChange;
import dev.weir.model.Topics;
import dev.weir.model.codec.ContextCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Writes changes to {@code weir.context}, keyed by object, and returns when all are acknowledged. */
public final class ContextPublisher implements ContextSink, AutoCloseable {
    private static final int BATCH = 10_000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final IngestMetrics metrics;

    public ContextPublisher(KafkaConfig kafka, IngestMetrics metrics) {
        this.producer = KafkaClients.lastingProducer(kafka);
        this.metrics = metrics;
    }

    @Override
    public void publish(List<ContextChange> changes) throws InterruptedException {
        List<Sent> sent = new ArrayList<>();
        changes.forEach(change -> sent.add(send(change.key(), ContextCodec.encode(change))));
        await(sent);
        changes.forEach(change -> metrics.contextChanges.labels(change.kind()).inc());
    }

    @Override
    public void delete(List<String> keys) throws InterruptedException {
        for (int from = 0; from < keys.size(); from += BATCH) {
            List<Sent> sent = new ArrayList<>();
            keys.subList(from, Math.min(from + BATCH, keys.size())).forEach(key -> sent.add(send(key, null)));
            await(sent);
            metrics.contextDeleted.inc(sent.size());
        }
    }

    private record Sent(String key, Future<?> acknowledged) {}

    private Sent send(String key, byte @Nullable [] value) {
        return new Sent(
                key,
                producer.send(
                        new ProducerRecord<>(Topics.CONTEXT.topic(), key.getBytes(StandardCharsets.UTF_8), value)));
    }

    private void await(List<Sent> sent) throws InterruptedException {
        producer.flush();
        for (Sent each : sent) {
            try {
                each.acknowledged().get();
            } catch (ExecutionException e) {
                throw new KafkaException(each.key() + " was not accepted: " + e.getCause(), e.getCause());
            }
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
