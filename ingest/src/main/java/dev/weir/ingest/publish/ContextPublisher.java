package dev.weir.ingest.publish;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.ContextChange;
import dev.weir.model.Topics;
import dev.weir.model.codec.ContextCodec;
import dev.weir.model.config.KafkaConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** Writes changes to {@code weir.context}, keyed by object, and returns when all are acknowledged. */
public final class ContextPublisher implements ContextSink, AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final IngestMetrics metrics;

    public ContextPublisher(KafkaConfig kafka, IngestMetrics metrics) {
        this.producer = Producers.lasting(kafka);
        this.metrics = metrics;
    }

    @Override
    public void publish(List<ContextChange> changes) throws InterruptedException {
        List<Future<?>> sent = new ArrayList<>();
        for (ContextChange change : changes) {
            sent.add(producer.send(new ProducerRecord<>(
                    Topics.CONTEXT.topic(),
                    change.key().getBytes(StandardCharsets.UTF_8),
                    ContextCodec.encode(change))));
        }
        producer.flush();
        for (int i = 0; i < sent.size(); i++) {
            try {
                sent.get(i).get();
            } catch (ExecutionException e) {
                throw new KafkaException(changes.get(i).key() + " was not accepted: " + e.getCause(), e.getCause());
            }
            metrics.contextChanges.labels(changes.get(i).kind()).inc();
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
