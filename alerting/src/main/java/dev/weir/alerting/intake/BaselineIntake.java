package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.BaselineStore;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.alerting.store.Progress;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.Baseline;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Stores the newest baseline of each key from {@code weir.baselines}. Repeated records have no effect. */
public final class BaselineIntake extends Intake {
    private final TopicReader reader;
    private final BaselineStore store;

    public BaselineIntake(
            KafkaConfig kafka, String group, BaselineStore store, IntakeOffsets offsets, AlertingMetrics metrics) {
        this.store = store;
        this.reader = TopicReader.of(
                Topics.BASELINES,
                TopicReader.consumer(kafka, group + "-baselines"),
                "weir-baselines",
                this::keep,
                offsets,
                metrics.baselinesRejected,
                metrics);
    }

    @Override
    TopicReader reader() {
        return reader;
    }

    private void keep(ConsumerRecords<byte[], byte[]> records, Progress progress) throws SQLException {
        Map<String, Baseline> newest = new LinkedHashMap<>();
        reader.decoded(
                        records,
                        record -> record.value() == null ? null : Json.read(record.value(), Baseline.class),
                        "baseline")
                .forEach(baseline -> newest.put(baseline.key(), baseline));
        store.put(newest.values(), progress);
    }
}
