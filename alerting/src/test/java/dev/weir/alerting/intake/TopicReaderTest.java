package dev.weir.alerting.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.alerting.store.Progress;
import dev.weir.model.Topics;
import io.prometheus.client.CollectorRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TopicReaderTest {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final TopicPartition PARTITION = new TopicPartition(Topics.ALERTS.topic(), 0);
    static final long END = 20;

    private final AlertingMetrics metrics = new AlertingMetrics(new CollectorRegistry());
    private final List<Long> taken = Collections.synchronizedList(new ArrayList<>());

    /** A partition whose group has committed an offset. */
    static final class Partition extends MockConsumer<byte[], byte[]> {
        private final long committed;

        Partition(long committed) {
            super("earliest");
            this.committed = committed;
            updateBeginningOffsets(Map.of(PARTITION, 0L));
            updateEndOffsets(Map.of(PARTITION, END));
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (assignment().isEmpty()) {
                rebalance(List.of(PARTITION));
                commitSync(Map.of(PARTITION, new OffsetAndMetadata(committed)));
                seek(PARTITION, committed);
            }
            LongStream.range(position(PARTITION), Math.min(END, position(PARTITION) + 3))
                    .forEach(offset ->
                            addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, offset, new byte[0], new byte[0])));
            return super.poll(timeout);
        }
    }

    /** The offsets in the database, those that the group has committed, and the place where reading begins. */
    @ParameterizedTest
    @CsvSource({"H2, , 5, 5", "H2, 5, 12, 5", "H2, 12, 5, 12", "POSTGRESQL, , 5, 5", "POSTGRESQL, 5, 12, 5"})
    void databaseKnowsPartitionThenGroupDoesNotDecide(Databases kind, Long kept, long committed, long first)
            throws Exception {
        try (Database database = kind.open()) {
            IntakeOffsets offsets = new IntakeOffsets(database);
            if (kept != null) {
                offsets.mark(progress(null, kept));
            }
            try (TopicReader reader = reader(committed, offsets, (records, progress) -> {
                offsets.mark(progress);
                keep(records);
            })) {
                reader.start();
                await().atMost(PATIENCE)
                        .until(() -> offsets.of(PARTITION.topic()).equals(Map.of(0, END)));
            }
            assertThat(taken)
                    .containsExactlyElementsOf(
                            LongStream.range(first, END).boxed().toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void databaseRestoredUnderReaderIsReadFromItsOffset(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            IntakeOffsets offsets = new IntakeOffsets(database);
            try (TopicReader reader = reader(0, offsets, (records, progress) -> {
                offsets.mark(progress);
                keep(records);
                if (taken.size() == 9) {
                    offsets.mark(progress(9L, 4));
                }
            })) {
                reader.start();
                await().atMost(PATIENCE)
                        .until(() -> offsets.of(PARTITION.topic()).equals(Map.of(0, END)));
            }
            assertThat(taken).hasSize(25).containsSubsequence(8L, 4L, 5L).endsWith(END - 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void recordThatDoesNotFitIsPassedOverForGood(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            IntakeOffsets offsets = new IntakeOffsets(database);
            try (TopicReader reader = reader(0, offsets, (records, progress) -> {
                if (records.records(PARTITION).stream().anyMatch(record -> record.offset() == END - 1)) {
                    throw new SQLException("value too long", "22001");
                }
                offsets.mark(progress);
                keep(records);
            })) {
                reader.start();
                await().atMost(PATIENCE)
                        .until(() -> offsets.of(PARTITION.topic()).equals(Map.of(0, END)));
            }
            assertThat(taken)
                    .containsExactlyElementsOf(
                            LongStream.range(0, END - 1).boxed().toList());
            assertThat(metrics.alertsRejected.get()).isEqualTo(1);
        }
    }

    private TopicReader reader(long committed, IntakeOffsets offsets, Batches.Batch batch) {
        return TopicReader.of(
                Topics.ALERTS, new Partition(committed), "test", batch, offsets, metrics.alertsRejected, metrics);
    }

    private void keep(ConsumerRecords<byte[], byte[]> records) {
        records.records(PARTITION).forEach(record -> taken.add(record.offset()));
    }

    private static Progress progress(Long before, long next) {
        return new Progress(PARTITION.topic(), Map.of(0, new Progress.Read(before, next)));
    }
}
