package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.common.kafka.WholeTopic;
import dev.weir.model.Topics;
import io.prometheus.client.Counter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
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
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);
    /** The least that brokers accept by default: partitions of a crashed replica move to others after this time. */
    private static final Duration SESSION = Duration.ofSeconds(6);

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private final AlertingMetrics metrics;
    private final ReadPositions positions;
    private final Batches batches;
    private final boolean isGroup;
    private final Worker worker;
    private final CountDownLatch assigned = new CountDownLatch(1);
    private boolean isOpen;

    private TopicReader(
            Topics topic,
            Consumer<byte[], byte[]> consumer,
            String thread,
            Batches.Batch batch,
            @Nullable IntakeOffsets offsets,
            Counter rejected,
            AlertingMetrics metrics) {
        this.topic = topic.topic();
        this.consumer = consumer;
        this.metrics = metrics;
        this.positions = new ReadPositions(this.topic, consumer, offsets);
        this.batches = new Batches(positions, batch, rejected);
        this.isGroup = offsets != null;
        // An interruption could close the database's file, so runs are never interrupted.
        this.worker = new Worker(thread, this::step, Backoff.constant(PAUSE), this::failed)
                .uninterrupted()
                .endingWith(consumer::close);
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
            Batches.Batch batch,
            IntakeOffsets offsets,
            Counter rejected,
            AlertingMetrics metrics) {
        return new TopicReader(topic, consumer, thread, batch, offsets, rejected, metrics);
    }

    /** A reader of the whole topic, from its beginning at each start of the process. */
    static TopicReader whole(
            Topics topic,
            KafkaConfig kafka,
            String thread,
            Batches.Batch batch,
            Counter rejected,
            AlertingMetrics metrics) {
        return whole(topic, consumer(kafka, null), thread, batch, rejected, metrics);
    }

    /** A reader of the whole topic with a consumer that has no group. */
    static TopicReader whole(
            Topics topic,
            Consumer<byte[], byte[]> consumer,
            String thread,
            Batches.Batch batch,
            Counter rejected,
            AlertingMetrics metrics) {
        return new TopicReader(topic, consumer, thread, batch, null, rejected, metrics);
    }

    void start() {
        worker.start();
    }

    /** True once Kafka has assigned partitions to this reader and while its thread runs. */
    boolean ready() {
        return assigned.getCount() == 0 && worker.isRunning();
    }

    @Override
    public void close() {
        // The worker is closing before the poll is woken up, so that it does not poll again.
        worker.close(Duration.ZERO);
        consumer.wakeup();
        worker.awaitEnd(CLOSE_WAIT);
    }

    /** Decodes the records of a batch, as {@link Batches#decoded} has it. */
    <T> List<T> decoded(Iterable<ConsumerRecord<byte[], byte[]>> records, Batches.Decoder<T> decoder, String what) {
        return batches.decoded(records, decoder, what);
    }

    private Duration step() throws SQLException {
        try {
            isOpen = isOpen || open();
            if (!isOpen) {
                LOG.warn("there is no topic {} yet; next attempt in {} ms", topic, PAUSE.toMillis());
                return PAUSE;
            }
            if (!positions.isSet()) {
                positions.set();
            }
            read();
        } catch (WakeupException e) {
            LOG.debug("{}: woken up", topic);
        }
        return Duration.ZERO;
    }

    /** Begins to read; returns false if the topic does not exist. */
    private boolean open() {
        if (isGroup) {
            consumer.subscribe(List.of(topic), positions);
            return true;
        }
        return new WholeTopic(consumer, topic).open();
    }

    /** Polls a batch and takes it. After a failure, and after a rebalance during the poll, it is read again. */
    private void read() throws SQLException {
        ConsumerRecords<byte[], byte[]> records = ConsumerRecords.empty();
        boolean isTaken = false;
        try {
            records = consumer.poll(POLL);
            if (!consumer.assignment().isEmpty()) {
                assigned.countDown();
            }
            if (positions.isSet()) {
                batches.take(records);
                commit(records);
                lag();
                isTaken = true;
            }
        } finally {
            if (!isTaken) {
                positions.reset(records);
            }
        }
    }

    /** Commits to Kafka. A failure does no harm: the batch is stored, and the next commit includes its offsets. */
    private void commit(ConsumerRecords<byte[], byte[]> records) {
        try {
            if (isGroup && !records.isEmpty()) {
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

    private void lag() {
        long behind = 0;
        for (TopicPartition partition : consumer.assignment()) {
            behind += consumer.currentLag(partition).orElse(0);
        }
        metrics.intakeLag.labels(topic).set(behind);
    }

    private void failed(Exception failure, Duration pause) {
        if (isOpen) {
            metrics.intakeRetries.labels(topic).inc();
        }
        if (failure instanceof KafkaException || failure instanceof SQLException) {
            LOG.warn(
                    "taking in records of {} failed: {}; next attempt in {} ms",
                    topic,
                    failure.getMessage(),
                    pause.toMillis());
        } else {
            LOG.error(
                    "taking in records of {} failed by a defect of Weir; next attempt in {} ms",
                    topic,
                    pause.toMillis(),
                    failure);
        }
    }
}
