package dev.weir.alerting.notify.ocsf;

import dev.weir.alerting.notify.Delivery;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/** Writes lines to a Kafka topic, acknowledged by all replicas that are in sync. */
public final class TopicLines implements Lines {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final KafkaConfig kafka;
    private final String topic;
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    public TopicLines(KafkaConfig kafka, String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    @Override
    public Delivery add(List<Line> lines) throws InterruptedException {
        try {
            KafkaProducer<byte[], byte[]> open = open();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Line line : lines) {
                sent.add(open.send(
                        new ProducerRecord<>(topic, line.key().getBytes(StandardCharsets.UTF_8), line.json())));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
            return new Delivery.Delivered();
        } catch (ExecutionException e) {
            return failed(String.valueOf(e.getCause()), e.getCause() instanceof RecordTooLargeException);
        } catch (InterruptException e) {
            throw new InterruptedException(e.getMessage());
        } catch (KafkaException e) {
            return failed(e.getClass().getSimpleName(), e instanceof RecordTooLargeException);
        }
    }

    private Delivery failed(String reason, boolean isForEver) {
        String said = "topic " + topic + ": " + reason;
        return isForEver ? new Delivery.Rejected(said) : new Delivery.RetryLater(said, null);
    }

    /** The producer, created at the first finding. */
    private synchronized KafkaProducer<byte[], byte[]> open() {
        KafkaProducer<byte[], byte[]> open = producer;
        if (open == null) {
            open = KafkaClients.promptProducer(kafka, TIMEOUT, TIMEOUT);
            producer = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
        }
    }
}
