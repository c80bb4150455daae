package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.Database;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Topics;
import dev.weir.model.config.KafkaConfig;
import io.prometheus.client.Counter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic in a thread of its own. What could not be taken is read again, until it is; offsets are committed after it was, so
 * nothing is lost.
 */
final class TopicReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PAUSE_MS = 1_000;

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private final Batch batch;
    private final Counter rejected;
    private final AlertingMetrics metrics;
    private final Thread thread;
    private final CountDownLatch assigned = new CountDownLatch(1);
    private final Beginning beginning;
    private final boolean isGroup;
    /** In the batch that is being taken. */
    private int rejects;
    /** Whether reading goes on where {@link #beginning} says, since partitions were given to this reader. */
    private boolean isPlaced = true;

    private volatile boolean closed;

    /** Takes what was read; it is called without records too, now and then. */
    interface Batch {
        void take(ConsumerRecords<byte[], byte[]> records) throws SQLException;
    }

    /** Where reading begins, by partition; partitions that it does not know begin where the group says. */
    interface Beginning {
        Map<Integer, Long> offsets() throws SQLException;
    }

    /** Reads a record; null to leave it out. */
    interface Decoder<T> {
        /**
         * @throws InvalidRecordException when it is none
         */
        @Nullable T decode(ConsumerRecord<byte[], byte[]> record);
    }

    private TopicReader(
            Topics topic,
            Consumer<byte[], byte[]> consumer,
            boolean isGroup,
            String thread,
            Batch batch,
            Beginning beginning,
            Counter rejected,
            AlertingMetrics metrics) {
        this.topic = topic.topic();
        this.batch = batch;
        this.rejected = rejected;
        this.beginning = beginning;
        this.metrics = metrics;
        this.isGroup = isGroup;
        this.consumer = consumer;
        this.thread = new Thread(this::run, thread);
    }

    /** @param group null to read by itself */
    static Consumer<byte[], byte[]> consumer(KafkaConfig kafka, @Nullable String group) {
        Properties properties = kafka.clientProperties();
        if (group != null) {
            properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        }
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** One that shares the partitions with others of its group. */
    static TopicReader of(
            Topics topic,
            KafkaConfig kafka,
            String group,
            String thread,
            Batch batch,
            Counter rejected,
            AlertingMetrics metrics) {
        return of(topic, consumer(kafka, group), thread, batch, Map::of, rejected, metrics);
    }

    /**
     * The same; it begins where somebody else says, who has to be told of every offset.
     *
     * @param consumer of a group
     */
    static TopicReader of(
            Topics topic,
            Consumer<byte[], byte[]> consumer,
            String thread,
            Batch batch,
            Beginning beginning,
            Counter rejected,
            AlertingMetrics metrics) {
        return new TopicReader(topic, consumer, true, thread, batch, beginning, rejected, metrics);
    }

    /** One that reads all of the topic, from its beginning, each time that the process starts. */
    static TopicReader whole(
            Topics topic, KafkaConfig kafka, String thread, Batch batch, Counter rejected, AlertingMetrics metrics) {
        return new TopicReader(topic, consumer(kafka, null), false, thread, batch, Map::of, rejected, metrics);
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether Kafka has given this reader its part of the topic. */
    boolean ready() {
        return assigned.getCount() == 0 && thread.isAlive();
    }

    @Override
    public void close() {
        closed = true;
        // Not interrupted: that could close the file of the database under it.
        consumer.wakeup();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What can be read of some records, for the batch; the others are counted once the batch is taken, and told of. */
    <T> List<T> decoded(Iterable<ConsumerRecord<byte[], byte[]>> records, Decoder<T> decoder, String what) {
        List<T> decoded = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                T value = decoder.decode(record);
                if (value != null) {
                    decoded.add(value);
                }
            } catch (InvalidRecordException e) {
                rejects++;
                LOG.warn(
                        "{}-{} offset {} is no {}: {}",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        what,
                        e.getMessage());
            }
        }
        return decoded;
    }

    private void run() {
        try (consumer) {
            subscribe();
            while (!closed) {
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void subscribe() throws InterruptedException {
        if (isGroup) {
            consumer.subscribe(List.of(topic), new Assignment());
            return;
        }
        while (!closed && consumer.assignment().isEmpty()) {
            try {
                List<PartitionInfo> found = consumer.partitionsFor(topic);
                if (found.isEmpty()) {
                    LOG.warn("{} is not there, looking for it again", topic);
                    Thread.sleep(PAUSE_MS);
                }
                consumer.assign(found.stream()
                        .map(each -> new TopicPartition(topic, each.partition()))
                        .toList());
            } catch (WakeupException e) {
                LOG.debug("woken up");
            } catch (KafkaException e) {
                LOG.warn("{} cannot be found, trying again: {}", topic, e.getMessage());
                Thread.sleep(PAUSE_MS);
            }
        }
        consumer.seekToBeginning(consumer.assignment());
    }

    private void round() throws InterruptedException {
        ConsumerRecords<byte[], byte[]> records = ConsumerRecords.empty();
        try {
            records = consumer.poll(POLL);
            if (!consumer.assignment().isEmpty()) {
                assigned.countDown();
            }
            if (!isPlaced) {
                goOn(records);
                return;
            }
            rejects = 0;
            take(records);
            rejected.inc(rejects);
            commit(records);
            lag();
        } catch (WakeupException e) {
            LOG.debug("woken up");
        } catch (KafkaException | SQLException e) {
            LOG.warn("{} cannot be taken in, trying again: {}", topic, e.getMessage());
            again(records);
        } catch (RuntimeException e) {
            LOG.error("a defect in taking {} in, trying again", topic, e);
            again(records);
        }
    }

    /** All of them at once, or each by itself where one does not fit into the database, so that it leaves the others alone. */
    private void take(ConsumerRecords<byte[], byte[]> records) throws SQLException {
        try {
            batch.take(records);
        } catch (SQLException e) {
            if (!Database.isUnfit(e)) {
                throw e;
            }
            if (records.count() > 1) {
                rejects = 0;
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (records.count() == 1) {
                    rejects++;
                    LOG.warn(
                            "{}-{} offset {} does not fit into the database: {}",
                            topic,
                            record.partition(),
                            record.offset(),
                            e.getMessage());
                } else {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    take(new ConsumerRecords<>(
                            Map.of(partition, List.of(record)),
                            Map.of(partition, new OffsetAndMetadata(record.offset() + 1))));
                }
            }
        }
    }

    /** They are taken, whether Kafka is told now or with what follows. */
    private void commit(ConsumerRecords<byte[], byte[]> records) {
        try {
            if (isGroup && !records.isEmpty()) {
                consumer.commitSync();
            }
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            metrics.intakeRetries.labels(topic).inc();
            LOG.warn("{}: Kafka has not been told what is taken in; it will be: {}", topic, e.getMessage());
        }
    }

    /** From where the batch began, or after what of it somebody has who is told of every offset. */
    private void again(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
        metrics.intakeRetries.labels(topic).inc();
        Thread.sleep(PAUSE_MS);
        while (!closed) {
            try {
                goOn(records);
                return;
            } catch (SQLException | RuntimeException e) {
                LOG.warn("the database does not tell how far {} is taken in, trying again: {}", topic, e.getMessage());
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    /**
     * All partitions, and not only those of the batch: what is known of them has to be where they are read from. A partition that
     * begins anew in Kafka is read from there after all, since nothing is where the database says.
     */
    private void goOn(ConsumerRecords<byte[], byte[]> notTaken) throws SQLException {
        Map<Integer, Long> known = beginning.offsets();
        for (TopicPartition partition : consumer.assignment()) {
            List<ConsumerRecord<byte[], byte[]>> records = notTaken.records(partition);
            long at = records.isEmpty()
                    ? consumer.position(partition)
                    : records.get(0).offset();
            consumer.seek(partition, Math.max(at, known.getOrDefault(partition.partition(), at)));
        }
        isPlaced = true;
    }

    private void lag() {
        long behind = 0;
        for (TopicPartition partition : consumer.assignment()) {
            behind += consumer.currentLag(partition).orElse(0);
        }
        metrics.intakeLag.labels(topic).set(behind);
    }

    private final class Assignment implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            LOG.debug("others take {}", partitions);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // Not here: it may fail, and Kafka would not ask again.
            isPlaced = false;
        }
    }
}
