package dev.weir.alerting.intake;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.service.IncidentDecisions;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.alerting.store.Progress;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.Feedback;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/** Stores decisions that other programs wrote to {@code weir.feedback} beside those of the API. */
public final class FeedbackIntake extends Intake {
    private final TopicReader reader;
    private final IncidentDecisions decisions;
    private final IntakeOffsets offsets;

    /**
     * A record of the topic.
     *
     * @param feedback null if the decision was undone
     */
    private record Decided(String id, @Nullable Feedback feedback, long writtenMs) {}

    public FeedbackIntake(
            KafkaConfig kafka,
            String group,
            IncidentDecisions decisions,
            IntakeOffsets offsets,
            AlertingMetrics metrics) {
        this.decisions = decisions;
        this.offsets = offsets;
        this.reader = TopicReader.of(
                Topics.FEEDBACK,
                TopicReader.consumer(kafka, group + "-feedback"),
                "weir-decisions",
                this::keep,
                offsets,
                metrics.feedbackRejected,
                metrics);
    }

    @Override
    TopicReader reader() {
        return reader;
    }

    private void keep(ConsumerRecords<byte[], byte[]> records, Progress progress) throws SQLException {
        for (Decided each : reader.decoded(records, FeedbackIntake::decided, "decision")) {
            decisions.mirror(each.id(), each.feedback(), each.writtenMs());
        }
        // Offsets follow in a transaction of their own. Repeated decisions have no effect, and one transaction for all
        // would lock many incidents.
        offsets.mark(progress);
    }

    private static Decided decided(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        byte[] value = record.value();
        Feedback feedback = value == null ? null : Json.read(value, Feedback.class);
        if (feedback != null) {
            return new Decided(feedback.id(), feedback, record.timestamp());
        }
        if (key == null) {
            throw new InvalidRecordException("key", "is missing");
        }
        return new Decided(new String(key, StandardCharsets.UTF_8), null, record.timestamp());
    }
}
