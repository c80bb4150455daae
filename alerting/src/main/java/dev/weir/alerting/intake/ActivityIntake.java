package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.model.Activity;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Topics;
import dev.weir.model.codec.ActivityCodec;
import dev.weir.model.config.KafkaConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds up what went over which edge. How far it has read is written with the sums, so that nothing counts twice; the group
 * only shares the partitions out.
 */
public final class ActivityIntake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ActivityIntake.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PAUSE_MS = 1_000;
    private static final long CHORES_MS = Duration.ofMinutes(10).toMillis();
    private static final int AT_ONCE = 5_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final EdgeStore store;
    private final InstantSource clock;
    private final AlertingMetrics metrics;
    private final ActivityCodec codec = new ActivityCodec();
    private final Thread thread = new Thread(this::run, "weir-edges");
    private long choresMs;
    private volatile boolean closed;

    public ActivityIntake(
            KafkaConfig kafka, String group, EdgeStore store, InstantSource clock, AlertingMetrics metrics) {
        Properties properties = kafka.clientProperties();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group + "-edges");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.toString(AT_ONCE));
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.store = store;
        this.clock = clock;
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
            subscribe();
            while (!closed) {
                try {
                    keep(consumer.poll(POLL));
                    chores();
                } catch (WakeupException e) {
                    LOG.debug("woken up");
                } catch (KafkaException | SQLException e) {
                    metrics.intakeRetries.inc();
                    LOG.warn("activity cannot be added up, trying again: {}", e.getMessage());
                    Thread.sleep(PAUSE_MS);
                    // Back to where the database is.
                    consumer.unsubscribe();
                    subscribe();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void subscribe() {
        consumer.subscribe(List.of(Topics.ACTIVITY.topic()), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                LOG.debug("others take {}", partitions);
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                try {
                    Map<Integer, Long> known = store.offsets(Topics.ACTIVITY.topic());
                    for (TopicPartition each : partitions) {
                        Long next = known.get(each.partition());
                        if (next != null) {
                            consumer.seek(each, next);
                        }
                    }
                } catch (SQLException e) {
                    throw new KafkaException("the database does not tell how far it is", e);
                }
            }
        });
    }

    private void keep(ConsumerRecords<byte[], byte[]> records) throws SQLException {
        if (records.isEmpty()) {
            return;
        }
        List<Activity> activities = new ArrayList<>(records.count());
        Map<Integer, Long> next = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            next.put(record.partition(), record.offset() + 1);
            try {
                if (record.value() != null) {
                    activities.add(codec.decode(record.value()));
                }
            } catch (InvalidRecordException e) {
                metrics.activitiesRejected.inc();
                LOG.warn(
                        "{}-{} offset {} is no activity: {}",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        e.getMessage());
            }
        }
        store.add(activities, Topics.ACTIVITY.topic(), next);
        metrics.activities.inc(activities.size());
        // For whoever looks at the group's lag.
        consumer.commitAsync();
    }

    private void chores() throws SQLException {
        long now = clock.millis();
        if (now - choresMs >= CHORES_MS) {
            choresMs = now;
            store.forget(now);
        }
    }
}
