package dev.weir.ingest.publish;

import dev.weir.common.config.KafkaConfig;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Creates the producers of ingest: idempotent, acks from all replicas, lz4, bounded memory. */
final class Producers {
    private static final int BATCH_BYTES = 256 * 1024;
    private static final int LINGER_MS = 20;
    private static final int BUFFER_BYTES = 32 * 1024 * 1024;
    /**
     * The transaction timeout in milliseconds: the broker's default maximum, so that a slow producer is not fenced
     * early.
     */
    private static final int TRANSACTION_TIMEOUT_MS = 15 * 60 * 1000;

    private Producers() {}

    /** Creates a producer that retries as long as Kafka is unreachable; if its buffer is full, {@code send} waits. */
    static KafkaProducer<byte[], byte[]> lasting(KafkaConfig kafka) {
        return create(base(kafka));
    }

    /**
     * Creates a producer as {@link #lasting} does, whose records between begin and commit become visible together or
     * not at all.
     */
    static KafkaProducer<byte[], byte[]> transactional(KafkaConfig kafka, String transactionalId) {
        Properties properties = base(kafka);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TRANSACTION_TIMEOUT_MS);
        return create(properties);
    }

    private static Properties base(KafkaConfig kafka) {
        Properties properties = kafka.clientProperties();
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.MAX_VALUE);
        return properties;
    }

    private static KafkaProducer<byte[], byte[]> create(Properties properties) {
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
