package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.alerting.store.Progress;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Topics;
import io.prometheus.client.Counter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.GroupProtocol;
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
 * Reads a topic in a thread of its own. What could not be taken is read again, until it is. How far a group has read is kept in the
 * database beside what was read; Kafka has it too, for partitions that the database does not know and for the lag of the group.
 */
final class TopicReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PAUSE_MS = 1_000;
    /** The least that brokers take by default: so long a replica that died holds its partitions. */
    private static final String SESSION_MS = "6000";

    private static final String HEARTBEAT_MS = "1500";

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private final Batch batch;
    private final Counter rejected;
    private final AlertingMetrics metrics;
    private final Thread thread;
    private final CountDownLatch assigned = new CountDownLatch(1);
    /** Null when all of the topic is read each time. */
    private final @Nullable IntakeOffsets offsets;
    /** By partition, how far the database was when this reader last knew. */
    private final Map<Integer, Long> known = new TreeMap<>();
    /** In the batch that is being taken. */
    private int rejects;
    /** Whether reading goes on where the database says, since partitions were given to this reader. */
    private boolean isPlaced = true;

    private volatile boolean closed;

    /** Takes what was read, and writes down how far that is. */
    interface Batch {
        void take(ConsumerRecords<byte[], byte[]> records, Progress progress) throws SQLException;
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
            String thread,
            Batch batch,
            @Nullable IntakeOffsets offsets,
            Counter rejected,
            AlertingMetrics metrics) {
        this.topic = topic.topic();
        this.batch = batch;
        this.rejected = rejected;
        this.offsets = offsets;
        this.metrics = metrics;
        this.consumer = consumer;
        this.thread = new Thread(this::run, thread);
    }

    /** @param group null to read by itself */
    static Consumer<byte[], byte[]> consumer(KafkaConfig kafka, @Nullable String group) {
        Properties properties = kafka.clientProperties();
        if (group != null) {
            properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
            if (!isServersSession(properties)) {
                properties.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MS);
                properties.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MS);
            }
        }
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** With the group protocol of KIP-848 the broker sets both times, and a client that does is refused. */
    private static boolean isServersSession(Properties properties) {
        return GroupProtocol.CONSUMER.name.equalsIgnoreCase(
                String.valueOf(properties.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)));
    }

    /**
     * One that shares the partitions with others of its group.
     *
     * @param consumer of a group
     */
    static TopicReader of(
            Topics topic,
            Consumer<byte[], byte[]> consumer,
            String thread,
            Batch batch,
            IntakeOffsets offsets,
            Counter rejected,
            AlertingMetrics metrics) {
        return new TopicReader(topic, consumer, thread, batch, offsets, rejected, metrics);
    }

    /** One that reads all of the topic, from its beginning, each time that the process starts. */
    static TopicReader whole(
            Topics topic, KafkaConfig kafka, String thread, Batch batch, Counter rejected, AlertingMetrics metrics) {
        return new TopicReader(topic, consumer(kafka, null), thread, batch, null, rejected, metrics);
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
        if (offsets != null) {
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
            if (!records.isEmpty()) {
                take(records);
            }
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
        Progress progress = progress(records);
        try {
            batch.take(records, progress);
            advance(progress);
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
                    skip(progress);
                } else {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    take(new ConsumerRecords<>(
                            Map.of(partition, List.of(record)),
                            Map.of(partition, new OffsetAndMetadata(record.offset() + 1))));
                }
            }
        }
    }

    /** From where the database knows to be, to after the last of some records. */
    private Progress progress(ConsumerRecords<byte[], byte[]> records) {
        Map<Integer, Progress.Read> read = new TreeMap<>();
        if (offsets != null) {
            records.nextOffsets().forEach((partition, next) -> {
                int part = partition.partition();
                read.put(part, new Progress.Read(known.get(part), next.offset()));
            });
        }
        return new Progress(topic, read);
    }

    private void skip(Progress progress) throws SQLException {
        if (offsets != null) {
            offsets.mark(progress);
            advance(progress);
        }
    }

    private void advance(Progress progress) {
        progress.partitions().forEach((part, read) -> known.put(part, read.next()));
    }

    /** They are taken, whether Kafka knows now or with what follows. */
    private void commit(ConsumerRecords<byte[], byte[]> records) {
        try {
            if (offsets != null && !records.isEmpty()) {
                consumer.commitSync();
            }
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            metrics.intakeRetries.labels(topic).inc();
            LOG.warn(
                    "{}: the offsets that are taken in could not be committed to Kafka, the next commit holds them: {}",
                    topic,
                    e.getMessage());
        }
    }

    /** Reads on from where the database is, or from where the batch began. */
    private void again(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
        metrics.intakeRetries.labels(topic).inc();
        Thread.sleep(PAUSE_MS);
        while (!closed) {
            try {
                goOn(records);
                return;
            } catch (SQLException | RuntimeException e) {
                LOG.warn(
                        "how far {} is taken in cannot be read from the database, trying again: {}",
                        topic,
                        e.getMessage());
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    /**
     * All partitions, and not only those of the batch, go on where the database says, whether that is ahead of the group or, after a
     * backup was restored, behind it. One that the database does not know goes on where the group says. A partition that begins anew
     * in Kafka is read from its beginning, since nothing is where the database says.
     */
    private void goOn(ConsumerRecords<byte[], byte[]> notTaken) throws SQLException {
        if (offsets != null) {
            Map<Integer, Long> now = offsets.of(topic);
            known.clear();
            known.putAll(now);
        }
        for (TopicPartition partition : consumer.assignment()) {
            List<ConsumerRecord<byte[], byte[]>> records = notTaken.records(partition);
            Long next = known.get(partition.partition());
            if (next != null) {
                consumer.seek(partition, next);
            } else if (!records.isEmpty()) {
                consumer.seek(partition, records.get(0).offset());
            }
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
