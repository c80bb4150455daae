package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.alerting.store.Progress;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.common.kafka.WholeTopic;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Topics;
import io.prometheus.client.Counter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic in a thread of its own. A failed batch is retried until it succeeds. The offsets of a group are stored
 * in the database in the transaction of the batch. They are committed to Kafka as well, for partitions that the
 * database does not have, and for monitoring of the group's lag.
 */
final class TopicReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PAUSE_MS = 1_000;
    /** The least that brokers accept by default: partitions of a crashed replica move to others after this time. */
    private static final Duration SESSION = Duration.ofSeconds(6);

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private final Batch batch;
    private final Counter rejected;
    private final AlertingMetrics metrics;
    private final Thread thread;
    private final CountDownLatch assigned = new CountDownLatch(1);
    /** Null if the whole topic is read at each start. */
    private final @Nullable IntakeOffsets offsets;
    /** The next offset of each partition, as the database last had it. */
    private final Map<Integer, Long> known = new TreeMap<>();
    /** Records rejected in the current batch. */
    private int rejects;
    /** False after a rebalance, until positions are set to the offsets in the database. */
    private boolean isPositioned = true;

    private volatile boolean closed;

    /** Processes a batch and stores its progress in the same transaction. */
    interface Batch {
        void process(ConsumerRecords<byte[], byte[]> records, Progress progress) throws SQLException;
    }

    /** Decodes a record; returns null to skip it. */
    interface Decoder<T> {
        /**
         * Decodes a record.
         *
         * @throws InvalidRecordException if the record is not valid
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

    /**
     * A consumer of committed records, from the beginning by default.
     *
     * @param group null for a consumer without a group
     */
    static Consumer<byte[], byte[]> consumer(KafkaConfig kafka, @Nullable String group) {
        return group == null ? KafkaClients.consumer(kafka) : KafkaClients.groupConsumer(kafka, group, SESSION);
    }

    /**
     * A reader that shares the partitions with the other members of its group.
     *
     * @param consumer consumer of a group
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

    /** A reader of the whole topic, from its beginning at each start of the process. */
    static TopicReader whole(
            Topics topic, KafkaConfig kafka, String thread, Batch batch, Counter rejected, AlertingMetrics metrics) {
        return new TopicReader(topic, consumer(kafka, null), thread, batch, null, rejected, metrics);
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** True once Kafka has assigned partitions to this reader and while its thread runs. */
    boolean ready() {
        return assigned.getCount() == 0 && thread.isAlive();
    }

    @Override
    public void close() {
        closed = true;
        // The thread is not interrupted, since an interrupt can close the database file of H2 under it.
        consumer.wakeup();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Decodes the records of a batch. Invalid ones are logged and left out, and counted once the batch has succeeded.
     */
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
                        "{}-{} offset {} is not a valid {} and is left out: {}",
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
        WholeTopic whole = new WholeTopic(consumer, topic);
        boolean isOpen = false;
        while (!closed && !isOpen) {
            try {
                isOpen = whole.open();
                if (!isOpen) {
                    LOG.warn("there is no topic {} yet; next attempt in {} ms", topic, PAUSE_MS);
                    Thread.sleep(PAUSE_MS);
                }
            } catch (WakeupException e) {
                LOG.debug("{}: woken up", topic);
            } catch (KafkaException e) {
                LOG.warn("looking up topic {} failed: {}; next attempt in {} ms", topic, e.getMessage(), PAUSE_MS);
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    private void round() throws InterruptedException {
        ConsumerRecords<byte[], byte[]> records = ConsumerRecords.empty();
        try {
            records = consumer.poll(POLL);
            if (!consumer.assignment().isEmpty()) {
                assigned.countDown();
            }
            if (!isPositioned) {
                position(records);
                return;
            }
            rejects = 0;
            if (!records.isEmpty()) {
                process(records);
            }
            rejected.inc(rejects);
            commit(records);
            lag();
        } catch (WakeupException e) {
            LOG.debug("woken up");
        } catch (KafkaException | SQLException e) {
            LOG.warn("taking in a batch of {} failed: {}; next attempt in {} ms", topic, e.getMessage(), PAUSE_MS);
            retry(records);
        } catch (RuntimeException e) {
            LOG.error("taking in a batch of {} failed by a defect of Weir; next attempt in {} ms", topic, PAUSE_MS, e);
            retry(records);
        }
    }

    /**
     * Processes a batch as a whole. If a value does not fit into the database, each record is processed by itself, so
     * that only the one that does not fit is rejected.
     */
    private void process(ConsumerRecords<byte[], byte[]> records) throws SQLException {
        Progress progress = progress(records);
        try {
            batch.process(records, progress);
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
                            "{}-{} offset {} does not fit into the database and is left out: {}",
                            topic,
                            record.partition(),
                            record.offset(),
                            e.getMessage());
                    skip(progress);
                } else {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    process(new ConsumerRecords<>(
                            Map.of(partition, List.of(record)),
                            Map.of(partition, new OffsetAndMetadata(record.offset() + 1))));
                }
            }
        }
    }

    /** The progress of a batch: from the offsets in the database to those after the last records. */
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

    /** Commits to Kafka. A failure does no harm: the batch is stored, and the next commit includes its offsets. */
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
                    "committing the offsets of {} to Kafka failed: {}; next attempt with the next batch",
                    topic,
                    e.getMessage());
        }
    }

    /** Waits, then goes back to the offsets in the database, or to the start of the failed batch. */
    private void retry(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
        metrics.intakeRetries.labels(topic).inc();
        Thread.sleep(PAUSE_MS);
        while (!closed) {
            try {
                position(records);
                return;
            } catch (SQLException | RuntimeException e) {
                LOG.warn(
                        "reading the offsets of {} from the database failed: {}; next attempt in {} ms",
                        topic,
                        e.getMessage(),
                        PAUSE_MS);
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    /**
     * Sets all assigned partitions to the offsets in the database, whether these are ahead of the group or, after a
     * restore from a backup, behind it. Partitions that the database does not have stay at the group's offset, or at
     * the start of the failed batch. A topic that was created again does not have the offset; it is read from its
     * beginning ({@code auto.offset.reset}).
     */
    private void position(ConsumerRecords<byte[], byte[]> notTaken) throws SQLException {
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
        isPositioned = true;
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
            LOG.debug("partitions revoked: {}", partitions);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // Reading the database here could fail, and Kafka does not call this method again.
            isPositioned = false;
        }
    }
}
