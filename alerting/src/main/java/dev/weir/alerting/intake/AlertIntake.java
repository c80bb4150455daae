package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.service.Incidents;
import dev.weir.alerting.store.AlertStore;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import dev.weir.model.config.KafkaConfig;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads alerts in a consumer group. Offsets are committed after the database has them, so none is lost. */
public final class AlertIntake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertIntake.class);
    /** Class of SQL states that say that a value does not fit its column. */
    private static final String DATA_EXCEPTION = "22";

    private final TopicReader reader;
    private final Incidents incidents;
    private final BiConsumer<Alert, AlertStore.Applied> listener;
    private final AlertingMetrics metrics;
    private final LabelValues detectors = new LabelValues();
    private final LabelValues namespaces = new LabelValues();

    /**
     * @param listener told of every alert after it is kept
     */
    public AlertIntake(
            KafkaConfig kafka,
            String group,
            Incidents incidents,
            BiConsumer<Alert, AlertStore.Applied> listener,
            AlertingMetrics metrics) {
        this.incidents = incidents;
        this.listener = listener;
        this.metrics = metrics;
        this.reader = TopicReader.of(Topics.ALERTS, kafka, group, "weir-alerts", this::keep, metrics);
    }

    public void start() {
        reader.start();
    }

    /** Whether Kafka has given this reader its part of the topic. */
    public boolean ready() {
        return reader.ready();
    }

    @Override
    public void close() {
        reader.close();
    }

    private void keep(ConsumerRecords<byte[], byte[]> records) throws SQLException {
        metrics.alertsReceived.inc(records.count());
        take(TopicReader.decoded(
                records, (key, value) -> Json.read(value, Alert.class), "alert", metrics.alertsRejected));
    }

    /** All of them at once, or each by itself where one does not fit, so that it leaves the others alone. */
    private void take(List<Alert> alerts) throws SQLException {
        if (alerts.isEmpty()) {
            return;
        }
        List<AlertStore.Applied> applied = new ArrayList<>();
        try {
            applied.addAll(incidents.take(alerts));
        } catch (SQLException e) {
            if (!String.valueOf(e.getSQLState()).startsWith(DATA_EXCEPTION)) {
                throw e;
            }
            if (alerts.size() == 1) {
                metrics.alertsRejected.inc();
                LOG.warn("{} does not fit into the database: {}", alerts.get(0).id(), e.getMessage());
                return;
            }
            for (Alert alert : alerts) {
                take(List.of(alert));
            }
            return;
        }
        for (int i = 0; i < applied.size(); i++) {
            count(alerts.get(i), applied.get(i));
            listener.accept(alerts.get(i), applied.get(i));
        }
    }

    private void count(Alert alert, AlertStore.Applied applied) {
        String detector = detectors.of(alert.detector());
        metrics.alertsApplied
                .labels(detector, applied.name().toLowerCase(Locale.ROOT))
                .inc();
        if (applied == AlertStore.Applied.NEW) {
            Entity source = alert.source();
            metrics.alerts
                    .labels(
                            detector,
                            alert.severity().word(),
                            namespaces.of(source == null ? null : source.namespace()))
                    .inc();
        }
    }
}
