package dev.weir.common.kafka;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.KafkaConfig;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Creates every Kafka client of Weir. A client has the properties of its {@link KafkaConfig}, security among them; the
 * delivery guarantees and timeouts that Weir relies on are set here and take precedence. Keys and values are bytes.
 *
 * <p>Every method throws a {@link ConfigException} if a file with the value of a property cannot be read, and a
 * {@link org.apache.kafka.common.KafkaException} if the properties cannot be used.
 */
public final class KafkaClients {
    private static final String READ_COMMITTED = "read_committed";
    private static final String COMPRESSION = "lz4";
    private static final int BATCH_BYTES = 256 * 1024;
    private static final long BUFFER_BYTES = 32L * 1024 * 1024;
    private static final int LINGER_MS = 20;
    private static final int TRANSACTION_BLOCK_MS = 60_000;

    /** The transaction timeout: the broker's default maximum, so that a slow producer is not fenced early. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

    /** Heartbeats of a group's member within its session; Kafka's documentation asks for three at least. */
    private static final int HEARTBEATS = 4;

    private KafkaClients() {}

    /** Creates a consumer outside of any group, which reads committed records and commits no offsets. */
    public static KafkaConsumer<byte[], byte[]> consumer(KafkaConfig kafka) {
        return new KafkaConsumer<>(consumerProperties(kafka), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Creates a consumer that shares a topic with its group, reads committed records and commits no offsets by itself.
     * A partition without an offset is read from its beginning.
     *
     * @param session time after which a member that has died loses its partitions; null for Kafka's default. A value in
     *     the configuration takes precedence.
     */
    public static KafkaConsumer<byte[], byte[]> groupConsumer(
            KafkaConfig kafka, String group, @Nullable Duration session) {
        return new KafkaConsumer<>(
                groupProperties(kafka, group, session), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Creates a producer that retries as long as Kafka is unreachable; if its buffer is full, {@code send} waits. */
    public static KafkaProducer<byte[], byte[]> lastingProducer(KafkaConfig kafka) {
        return producer(lastingProperties(kafka));
    }

    /**
     * Creates a producer as {@link #lastingProducer} does, whose records between begin and commit become visible
     * together or not at all.
     *
     * @param transactionalId id that is the same after a restart and not used by any other process
     */
    public static KafkaProducer<byte[], byte[]> transactionalProducer(KafkaConfig kafka, String transactionalId) {
        return producer(transactionalProperties(kafka, transactionalId));
    }

    /**
     * Creates a producer that sends at once, and gives up if Kafka does not acknowledge in time.
     *
     * @param block longest time for which {@code send} waits for metadata or room
     * @param delivery longest time from {@code send} to the acknowledgement
     */
    public static KafkaProducer<byte[], byte[]> promptProducer(KafkaConfig kafka, Duration block, Duration delivery) {
        return producer(promptProperties(kafka, block, delivery));
    }

    /** Creates an admin client with Kafka's default timeouts. */
    public static Admin admin(KafkaConfig kafka) {
        return Admin.create(kafka.clientProperties());
    }

    /**
     * Creates an admin client.
     *
     * @param call longest time of a call, with its retries
     * @param request longest time of each request
     */
    public static Admin admin(KafkaConfig kafka, Duration call, Duration request) {
        Properties properties = kafka.clientProperties();
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, milliseconds(call));
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, milliseconds(request));
        return Admin.create(properties);
    }

    /** Returns the properties of the job's sources, which read committed records and make their clients themselves. */
    public static Properties sourceProperties(KafkaConfig kafka) {
        Properties properties = kafka.clientProperties();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, READ_COMMITTED);
        return properties;
    }

    static Properties consumerProperties(KafkaConfig kafka) {
        Properties properties = kafka.clientProperties();
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, READ_COMMITTED);
        return properties;
    }

    /**
     * Returns the properties of the job's sinks, which make their clients themselves.
     *
     * @param transaction time after which the broker aborts a transaction
     */
    public static Properties sinkProperties(KafkaConfig kafka, Duration transaction) {
        Properties properties = kafka.clientProperties();
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, milliseconds(transaction));
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, COMPRESSION);
        return properties;
    }

    static Properties groupProperties(KafkaConfig kafka, String group, @Nullable Duration session) {
        Properties properties = consumerProperties(kafka);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        if (session != null && !isServersSession(properties)) {
            properties.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, milliseconds(session));
            properties.putIfAbsent(
                    ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, milliseconds(session.dividedBy(HEARTBEATS)));
        }
        return properties;
    }

    /** True with the group protocol of KIP-848: the broker sets both times, and refuses a client that does. */
    private static boolean isServersSession(Properties properties) {
        return GroupProtocol.CONSUMER.name.equalsIgnoreCase(
                String.valueOf(properties.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)));
    }

    static Properties lastingProperties(KafkaConfig kafka) {
        Properties properties = acknowledged(kafka);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, COMPRESSION);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.MAX_VALUE);
        return properties;
    }

    static Properties transactionalProperties(KafkaConfig kafka, String transactionalId) {
        Properties properties = lastingProperties(kafka);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, milliseconds(TRANSACTION_TIMEOUT));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TRANSACTION_BLOCK_MS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, milliseconds(TRANSACTION_TIMEOUT));
        return properties;
    }

    static Properties promptProperties(KafkaConfig kafka, Duration block, Duration delivery) {
        Properties properties = acknowledged(kafka);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, milliseconds(block));
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, milliseconds(delivery));
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, milliseconds(delivery));
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        return properties;
    }

    private static Properties acknowledged(KafkaConfig kafka) {
        Properties properties = kafka.clientProperties();
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        return properties;
    }

    private static KafkaProducer<byte[], byte[]> producer(Properties properties) {
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static int milliseconds(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
