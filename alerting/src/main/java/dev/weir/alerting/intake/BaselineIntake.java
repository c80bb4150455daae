package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.BaselineStore;
import dev.weir.model.Baseline;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import dev.weir.model.config.KafkaConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the newest baseline of each workload. Reading one twice changes nothing. */
public final class BaselineIntake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BaselineIntake.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PAUSE_MS = 1_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final BaselineStore store;
    private final AlertingMetrics metrics;
    private final Thread thread = new Thread(this::run, "weir-baselines");
    private volatile boolean closed;

    public BaselineIntake(KafkaConfig kafka, String group, BaselineStore store, AlertingMetrics metrics) {
        Properties properties = kafka.clientProperties();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group + "-baselines");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.store = store;
        this.metrics = metrics;
    }

    public void start() {
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (consumer) {
            consumer.subscribe(List.of(Topics.BASELINES.topic()));
            while (!closed) {
                try {
                    keep(consumer.poll(POLL));
                } catch (WakeupException e) {
                    LOG.debug("woken up");
                } catch (KafkaException | SQLException e) {
                    metrics.intakeRetries.inc();
                    LOG.warn("baselines cannot be kept, trying again: {}", e.getMessage());
                    Thread.sleep(PAUSE_MS);
                    // Back to the last that were kept.
                    consumer.unsubscribe();
                    consumer.subscribe(List.of(Topics.BASELINES.topic()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(ConsumerRecords<byte[], byte[]> records) throws SQLException {
        Map<String, Baseline> newest = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                if (record.value() != null) {
                    Baseline baseline = Json.read(record.value(), Baseline.class);
                    newest.put(baseline.key(), baseline);
                }
            } catch (InvalidRecordException e) {
                metrics.baselinesRejected.inc();
                LOG.warn(
                        "{}-{} offset {} is no baseline: {}",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        e.getMessage());
            }
        }
        if (!newest.isEmpty()) {
            store.put(newest.values());
        }
        if (!records.isEmpty() && !closed) {
            consumer.commitSync();
        }
    }
}
