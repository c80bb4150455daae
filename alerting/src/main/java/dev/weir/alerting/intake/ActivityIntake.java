package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.alerting.store.EdgesConfig;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.alerting.store.Progress;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.Activity;
import dev.weir.model.Topics;
import dev.weir.model.codec.ActivityCodec;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * Adds the counts of {@code weir.activity} to the edges. Offsets are written in the same transaction, so each record
 * counts once.
 */
public final class ActivityIntake extends Intake {
    private final TopicReader reader;
    private final EdgeStore store;
    private final AlertingMetrics metrics;
    private final ActivityCodec codec = new ActivityCodec();

    public ActivityIntake(
            KafkaConfig kafka,
            String group,
            EdgeStore store,
            EdgesConfig config,
            IntakeOffsets offsets,
            AlertingMetrics metrics) {
        this(TopicReader.consumer(kafka, group + "-edges"), store, config, offsets, metrics);
    }

    ActivityIntake(
            Consumer<byte[], byte[]> consumer,
            EdgeStore store,
            EdgesConfig config,
            IntakeOffsets offsets,
            AlertingMetrics metrics) {
        this.store = store;
        metrics.edges.bound(config.series());
        this.metrics = metrics;
        this.reader = TopicReader.of(
                Topics.ACTIVITY, consumer, "weir-edges", this::keep, offsets, metrics.activitiesRejected, metrics);
    }

    @Override
    TopicReader reader() {
        return reader;
    }

    private void keep(ConsumerRecords<byte[], byte[]> records, Progress progress) throws SQLException {
        List<Activity> activities = reader.decoded(
                records, record -> record.value() == null ? null : codec.decode(record.value()), "activity");
        metrics.activitiesFolded.inc(store.add(activities, progress));
        metrics.activities.inc(activities.size());
        activities.forEach(metrics.edges::count);
    }
}
