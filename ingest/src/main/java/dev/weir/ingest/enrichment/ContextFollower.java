package dev.weir.ingest.enrichment;

import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Topics;
import dev.weir.model.codec.ContextCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code weir.context} from its beginning and follows it. Of changes from before the history only the last record
 * of each key counts, so until the reader has caught up these records are kept undecoded and superseded ones are never
 * decoded: a topic may contain a million pods that came and went.
 */
public final class ContextFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ContextFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PRUNE = Duration.ofMinutes(1);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.CONTEXT.topic(), 0);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Receiver receiver;
    private final Consumer<Long> pruner;
    private final InstantSource clock;
    private final long historyMs;
    private final IngestMetrics metrics;
    /** The last record of each key from before the history; empty once the reader has caught up. */
    private final Map<String, ConsumerRecord<byte[], byte[]>> early = new LinkedHashMap<>();

    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;

    /** Receives the records of the topic. */
    @FunctionalInterface
    public interface Receiver {
        /**
         * Receives the current value of a key.
         *
         * @param change null if the key was removed
         */
        void receive(String key, @Nullable ContextChange change);
    }

    /**
     * Creates the follower; it reads after {@code start}.
     *
     * @param receiver called for each change, in order, by one thread
     * @param pruner called periodically with the current time
     * @param history age up to which context is needed
     */
    public ContextFollower(
            KafkaConfig kafka,
            Receiver receiver,
            Consumer<Long> pruner,
            Duration history,
            InstantSource clock,
            IngestMetrics metrics) {
        Properties properties = kafka.clientProperties();
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.receiver = receiver;
        this.pruner = pruner;
        this.clock = clock;
        this.historyMs = history.toMillis();
        this.metrics = metrics;
        this.thread = new Thread(this::follow, "weir-context");
    }

    public void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits until the records that the topic had at the start are received; returns false if this takes longer than
     * {@code atMost}.
     */
    public boolean awaitCaughtUp(Duration atMost) throws InterruptedException {
        return caughtUp.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        try (consumer) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = -1;
            long pruneAt = clock.millis() + PRUNE.toMillis();
            while (!closed) {
                try {
                    if (end < 0) {
                        end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
                    }
                    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                    if (caughtUp.getCount() == 0) {
                        records.forEach(this::receive);
                    } else {
                        catchUp(records, end);
                    }
                    if (clock.millis() >= pruneAt) {
                        pruner.accept(clock.millis());
                        pruneAt = clock.millis() + PRUNE.toMillis();
                    }
                } catch (WakeupException e) {
                    // The loop ends by its condition after close().
                    LOG.debug("woken up");
                } catch (KafkaException e) {
                    LOG.warn("reading {} failed, trying again: {}", Topics.CONTEXT.topic(), e.getMessage());
                }
            }
        }
    }

    private void catchUp(ConsumerRecords<byte[], byte[]> records, long end) {
        long horizon = clock.millis() - historyMs;
        records.forEach(record -> hold(record, horizon));
        if (consumer.position(PARTITION) >= end) {
            Iterator<ConsumerRecord<byte[], byte[]>> all = early.values().iterator();
            while (all.hasNext()) {
                receive(all.next());
                // The raw and the decoded form of all records do not exist at once.
                all.remove();
            }
            caughtUp.countDown();
        }
    }

    /**
     * Keeps or receives a record; records within the history are received immediately, after an earlier one of their
     * key.
     */
    private void hold(ConsumerRecord<byte[], byte[]> record, long horizon) {
        String key = key(record);
        if (key == null) {
            receive(record);
        } else if (record.value() != null && ContextCodec.validFromMs(record.value()) < horizon) {
            early.put(key, record);
        } else {
            ConsumerRecord<byte[], byte[]> before = early.remove(key);
            if (before != null && record.value() != null) {
                receive(before);
            }
            receive(record);
        }
    }

    private static @Nullable String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
    }

    private void receive(ConsumerRecord<byte[], byte[]> record) {
        String key = key(record);
        try {
            if (record.value() != null) {
                ContextChange change = ContextCodec.decode(record.value());
                receiver.receive(key == null ? change.key() : key, change);
            } else if (key != null) {
                receiver.receive(key, null);
            }
        } catch (InvalidRecordException e) {
            metrics.contextRejected.inc();
            LOG.warn(
                    "{} offset {} cannot be read and is ignored: {}",
                    Topics.CONTEXT.topic(),
                    record.offset(),
                    e.getMessage());
        }
    }
}
