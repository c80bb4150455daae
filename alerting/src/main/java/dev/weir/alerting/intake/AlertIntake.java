package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.service.Incidents;
import dev.weir.alerting.store.AlertStore;
import dev.weir.model.Alert;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import dev.weir.model.config.KafkaConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads alerts in a consumer group. Offsets are committed after the database has them, so none is lost. */
public final class AlertIntake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertIntake.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PAUSE_MS = 1_000;
    /** Class of SQL states that say that a value does not fit its column. */
    private static final String DATA_EXCEPTION = "22";

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Incidents incidents;
    private final BiConsumer<Alert, AlertStore.Applied> listener;
    private final AlertingMetrics metrics;
    private final CountDownLatch assigned = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param listener told of every alert after it is kept
     */
    public AlertIntake(
            KafkaConfig kafka,
            String group,
            Incidents incidents,
            BiConsumer<Alert, AlertStore.Applied> listener,
            AlertingMetrics metrics) {
        Properties properties = kafka.clientProperties();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.incidents = incidents;
        this.listener = listener;
        this.metrics = metrics;
        this.thread = new Thread(this::run, "weir-alerts");
    }

    public void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether Kafka has given this reader its part of the topic. */
    public boolean ready() {
        return assigned.getCount() == 0 && thread.isAlive();
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
            consumer.subscribe(List.of(Topics.ALERTS.topic()));
            while (!closed) {
                try {
                    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                    if (!consumer.assignment().isEmpty()) {
                        assigned.countDown();
                    }
                    keep(records);
                } catch (WakeupException e) {
                    LOG.debug("woken up");
                } catch (KafkaException e) {
                    metrics.intakeRetries.inc();
                    LOG.warn("{} cannot be read, trying again: {}", Topics.ALERTS.topic(), e.getMessage());
                    Thread.sleep(PAUSE_MS);
                } catch (RuntimeException e) {
                    metrics.intakeRetries.inc();
                    LOG.error("a defect in taking alerts in; going back to the last that were kept", e);
                    Thread.sleep(PAUSE_MS);
                    consumer.unsubscribe();
                    consumer.subscribe(List.of(Topics.ALERTS.topic()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
        List<Alert> alerts = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            metrics.alertsReceived.inc();
            if (record.value() != null) {
                add(record, alerts);
            }
        }
        if (records.isEmpty()) {
            return;
        }
        List<AlertStore.Applied> applied = apply(alerts);
        for (int i = 0; i < applied.size(); i++) {
            String result = applied.get(i).name().toLowerCase(Locale.ROOT);
            metrics.alertsApplied.labels(alerts.get(i).detector(), result).inc();
            listener.accept(alerts.get(i), applied.get(i));
        }
        if (!closed) {
            consumer.commitSync();
        }
    }

    /** Does not give up while the database is away: the alerts are still in Kafka, but nobody would see them. */
    private List<AlertStore.Applied> apply(List<Alert> alerts) throws InterruptedException {
        while (!closed) {
            try {
                return incidents.take(alerts);
            } catch (SQLException e) {
                boolean unfit = String.valueOf(e.getSQLState()).startsWith(DATA_EXCEPTION);
                if (unfit && alerts.size() == 1) {
                    reject(alerts.get(0).id() + " does not fit into the database: " + e.getMessage());
                    alerts.clear();
                    return List.of();
                }
                if (unfit) {
                    return applyEach(alerts);
                }
                metrics.intakeRetries.inc();
                LOG.warn("the database does not take alerts, trying again: {}", e.getMessage());
                Thread.sleep(PAUSE_MS);
            }
        }
        return List.of();
    }

    /** One by one, so that an alert that does not fit leaves the others alone; it is removed from the list. */
    private List<AlertStore.Applied> applyEach(List<Alert> alerts) throws InterruptedException {
        List<AlertStore.Applied> applied = new ArrayList<>();
        List<Alert> kept = new ArrayList<>();
        for (Alert alert : alerts) {
            List<Alert> alone = new ArrayList<>(List.of(alert));
            applied.addAll(apply(alone));
            kept.addAll(alone);
        }
        alerts.clear();
        alerts.addAll(kept);
        return applied;
    }

    private void add(ConsumerRecord<byte[], byte[]> record, List<Alert> alerts) {
        try {
            alerts.add(Json.read(record.value(), Alert.class));
        } catch (InvalidRecordException e) {
            reject(record.topic() + "-" + record.partition() + " offset " + record.offset() + " is no alert: "
                    + e.getMessage());
        }
    }

    private void reject(String reason) {
        metrics.alertsRejected.inc();
        LOG.warn("{}", reason);
    }
}
