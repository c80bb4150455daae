package dev.weir.ingest.enrichment;

import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.WholeTopic;
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
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.WakeupException;
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
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final WholeTopic topic;
    private final Receiver receiver;
    private final Consumer<Long> pruner;
    private final InstantSource clock;
    private final long historyMs;
    private final IngestMetrics metrics;
    /** The last record of each key from before the history; empty once the reader has caught up. */
    private final Map<String, ConsumerRecord<byte[], byte[]>> early = new LinkedHashMap<>();

    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Worker worker;
    private long pruneAtMs;

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
        this.receiver = receiver;
        this.pruner = pruner;
        this.clock = clock;
        this.historyMs = history.toMillis();
        this.metrics = metrics;
        this.pruneAtMs = clock.millis() + PRUNE.toMillis();
        this.topic = new WholeTopic(kafka, Topics.CONTEXT.topic());
        // Not interrupted, but woken up: an interrupted consumer closes slowly.
        this.worker = new Worker("weir-context", this::follow, Backoff.constant(PAUSE), ContextFollower::failed)
                .uninterrupted()
                .endingWith(topic::close);
    }

    public void start() {
        worker.start();
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
        topic.wakeup();
        worker.close(CLOSE_WAIT);
    }

    private Duration follow() {
        if (!topic.open()) {
            LOG.warn("there is no topic {} yet; next attempt in {} ms", Topics.CONTEXT.topic(), PAUSE.toMillis());
            return PAUSE;
        }
        try {
            ConsumerRecords<byte[], byte[]> records = topic.poll(POLL);
            if (caughtUp.getCount() == 0) {
                records.forEach(this::receive);
            } else {
                catchUp(records);
            }
        } catch (WakeupException e) {
            LOG.debug("polling of {} was woken up", Topics.CONTEXT.topic());
        }
        if (clock.millis() >= pruneAtMs) {
            pruner.accept(clock.millis());
            pruneAtMs = clock.millis() + PRUNE.toMillis();
        }
        return Duration.ZERO;
    }

    private static void failed(Exception failure, Duration pause) {
        LOG.warn(
                "reading {} failed: {}; next attempt in {} ms",
                Topics.CONTEXT.topic(),
                failure.getMessage(),
                pause.toMillis());
    }

    private void catchUp(ConsumerRecords<byte[], byte[]> records) {
        long horizon = clock.millis() - historyMs;
        records.forEach(record -> hold(record, horizon));
        if (topic.isCaughtUp()) {
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
