package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.cluster.ClusterView;
import dev.weir.alerting.store.Progress;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.Topics;
import dev.weir.model.codec.ContextCodec;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Keeps the cluster view up to date from {@code weir.context}. Each replica reads the whole topic. */
public final class ContextIntake extends Intake {
    private final TopicReader reader;
    private final ClusterView view;
    private final AlertingMetrics metrics;

    public ContextIntake(KafkaConfig kafka, ClusterView view, AlertingMetrics metrics) {
        this.view = view;
        this.metrics = metrics;
        this.reader =
                TopicReader.whole(Topics.CONTEXT, kafka, "weir-cluster", this::keep, metrics.contextRejected, metrics);
    }

    @Override
    TopicReader reader() {
        return reader;
    }

    private void keep(ConsumerRecords<byte[], byte[]> records, Progress unused) {
        reader.decoded(
                        records,
                        record -> record.value() == null ? null : ContextCodec.decode(record.value()),
                        "context change")
                .forEach(view::apply);
        metrics.contextObjects.set(view.size());
    }
}
