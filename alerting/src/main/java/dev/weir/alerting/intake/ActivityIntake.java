package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.model.Activity;
import dev.weir.model.Topics;
import dev.weir.model.codec.ActivityCodec;
import dev.weir.model.config.KafkaConfig;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Adds up what went over which edge. How far it has read is written with the sums, so that nothing counts twice; the group
 * only shares the partitions out.
 */
public final class ActivityIntake implements AutoCloseable {
    private final TopicReader reader;
    private final EdgeStore store;
    private final EdgeMetrics edges;
    private final AlertingMetrics metrics;
    private final ActivityCodec codec = new ActivityCodec();
    /** By partition, how far the database was when this reader last knew. */
    private final Map<Integer, Long> known = new TreeMap<>();

    public ActivityIntake(KafkaConfig kafka, String group, EdgeStore store, AlertingMetrics metrics) {
        this(TopicReader.consumer(kafka, group + "-edges"), store, metrics);
    }

    ActivityIntake(Consumer<byte[], byte[]> consumer, EdgeStore store, AlertingMetrics metrics) {
        this.store = store;
        this.edges = new EdgeMetrics(metrics);
        this.metrics = metrics;
        this.reader = TopicReader.of(
                Topics.ACTIVITY,
                consumer,
                "weir-edges",
                this::keep,
                this::offsets,
                metrics.activitiesRejected,
                metrics);
    }

    public void start() {
        reader.start();
    }

    @Override
    public void close() {
        reader.close();
    }

    private Map<Integer, Long> offsets() throws SQLException {
        Map<Integer, Long> offsets = store.offsets(Topics.ACTIVITY.topic());
        known.clear();
        known.putAll(offsets);
        return offsets;
    }

    private void keep(ConsumerRecords<byte[], byte[]> records) throws SQLException {
        List<Activity> activities = reader.decoded(
                records, record -> record.value() == null ? null : codec.decode(record.value()), "activity");
        Map<Integer, EdgeStore.Read> progress = new TreeMap<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> read = records.records(partition);
            int part = partition.partition();
            progress.put(
                    part,
                    new EdgeStore.Read(
                            known.get(part), read.get(read.size() - 1).offset() + 1));
        }
        if (!progress.isEmpty()) {
            metrics.activitiesFolded.inc(store.add(activities, Topics.ACTIVITY.topic(), progress));
            progress.forEach((part, read) -> known.put(part, read.next()));
            metrics.activities.inc(activities.size());
            activities.forEach(edges::count);
        }
    }
}
