package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.service.IncidentAlerts;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.alerting.store.Progress;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * Reads {@code weir.alerts} in a consumer group. Offsets are written in the transaction of the alerts, so none is lost.
 */
public final class AlertIntake extends Intake {
    private final TopicReader reader;
    private final IncidentAlerts store;
    private final BiConsumer<Alert, AlertStore.Applied> listener;
    private final AlertingMetrics metrics;
    private final LabelValues detectors = new LabelValues();
    private final LabelValues namespaces = new LabelValues();

    /**
     * Creates the reader; {@link #start} begins to read.
     *
     * @param listener called with each alert after it is stored
     */
    public AlertIntake(
            KafkaConfig kafka,
            String group,
            IncidentAlerts store,
            IntakeOffsets offsets,
            BiConsumer<Alert, AlertStore.Applied> listener,
            AlertingMetrics metrics) {
        this.store = store;
        this.listener = listener;
        this.metrics = metrics;
        this.reader = TopicReader.of(
                Topics.ALERTS,
                TopicReader.consumer(kafka, group),
                "weir-alerts",
                this::keep,
                offsets,
                metrics.alertsRejected,
                metrics);
    }

    @Override
    TopicReader reader() {
        return reader;
    }

    private void keep(ConsumerRecords<byte[], byte[]> records, Progress progress) throws SQLException {
        List<Alert> alerts = reader.decoded(
                records, record -> record.value() == null ? null : Json.read(record.value(), Alert.class), "alert");
        List<AlertStore.Applied> applied = store.take(alerts, progress);
        metrics.alertsReceived.inc(records.count());
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
        if (applied == AlertStore.Applied.NEW || applied == AlertStore.Applied.MOVED) {
            Entity source = alert.source();
            metrics.alerts
                    .labels(detector, alert.severity().id(), namespaces.of(source == null ? null : source.namespace()))
                    .inc();
        }
    }
}
