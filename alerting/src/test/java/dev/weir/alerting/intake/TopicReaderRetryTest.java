package dev.weir.alerting.intake;

import static dev.weir.alerting.intake.TopicReaderTest.END;
import static dev.weir.alerting.intake.TopicReaderTest.PARTITION;
import static dev.weir.alerting.intake.TopicReaderTest.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Topics;
import io.prometheus.client.CollectorRegistry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failures of a reader's database, of Kafka and of its own, and its end. */
@Timeout(60)
class TopicReaderRetryTest {
    private final AlertingMetrics metrics = new AlertingMetrics(new CollectorRegistry());
    private final List<Long> taken = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void failedBatchesAreReadAgainAndNoneIsLost() throws Exception {
        try (Database database = Databases.H2.open()) {
            IntakeOffsets offsets = new IntakeOffsets(database);
            readAll(new TopicReaderTest.Partition(0), offsets, (records, progress) -> {
                int call = calls.incrementAndGet();
                if (call == 2) {
                    throw new SQLException("connection lost", "08006");
                }
                if (call == 4) {
                    throw new IllegalStateException("a defect");
                }
                offsets.mark(progress);
                keep(records);
            });
        }
        assertThat(taken)
                .containsExactlyElementsOf(LongStream.range(0, END).boxed().toList());
        assertThat(metrics.intakeRetries.labels(PARTITION.topic()).get()).isEqualTo(2);
        assertThat(metrics.intakeLag.labels(PARTITION.topic()).get()).isZero();
    }

    @Test
    void failureAfterTheTransactionRepeatsNoBatch() throws Exception {
        try (Database database = Databases.H2.open()) {
            IntakeOffsets offsets = new IntakeOffsets(database);
            readAll(new TopicReaderTest.Partition(0), offsets, (records, progress) -> {
                offsets.mark(progress);
                keep(records);
                if (calls.incrementAndGet() == 2) {
                    throw new IllegalStateException("behind the transaction");
                }
            });
        }
        assertThat(taken)
                .containsExactlyElementsOf(LongStream.range(0, END).boxed().toList());
    }

    @Test
    void failedPollGoesOnFromTheDatabase() throws Exception {
        TopicReaderTest.Partition partition = new TopicReaderTest.Partition(0);
        try (Database database = Databases.H2.open()) {
            IntakeOffsets offsets = new IntakeOffsets(database);
            readAll(partition, offsets, (records, progress) -> {
                offsets.mark(progress);
                keep(records);
                if (calls.incrementAndGet() == 1) {
                    partition.setPollException(new KafkaException("no answer"));
                }
            });
        }
        assertThat(taken)
                .containsExactlyElementsOf(LongStream.range(0, END).boxed().toList());
        assertThat(metrics.intakeRetries.labels(PARTITION.topic()).get()).isEqualTo(1);
    }

    @Test
    void invalidRecordOfARepeatedBatchIsCountedOnce() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        try (Database database = Databases.H2.open()) {
            IntakeOffsets offsets = new IntakeOffsets(database);
            TopicReader[] reader = new TopicReader[1];
            reader[0] = reader(new TopicReaderTest.Partition(0), offsets, (records, progress) -> {
                reader[0]
                        .decoded(records, TopicReaderRetryTest::decode, "number")
                        .forEach(taken::add);
                if (calls.incrementAndGet() == 1) {
                    taken.clear();
                    failed.countDown();
                    throw new SQLException("connection lost", "08006");
                }
                offsets.mark(progress);
            });
            readAll(reader[0], offsets);
        }
        assertThat(failed.getCount()).isZero();
        assertThat(taken)
                .containsExactlyElementsOf(LongStream.range(1, END).boxed().toList());
        assertThat(metrics.alertsRejected.get()).isEqualTo(1);
    }

    @Test
    void closedReaderEndsItsPauseAndItsConsumer() throws Exception {
        TopicReaderTest.Partition partition = new TopicReaderTest.Partition(0);
        try (Database database = Databases.H2.open()) {
            TopicReader reader = reader(partition, new IntakeOffsets(database), (records, progress) -> {
                calls.incrementAndGet();
                throw new SQLException("connection lost", "08006");
            });
            reader.start();
            await().atMost(PATIENCE).until(() -> calls.get() > 0);
            assertThat(reader.ready()).isTrue();
            reader.close();
            assertThat(partition.closed()).isTrue();
            assertThat(reader.ready()).isFalse();
        }
    }

    @Test
    void wholeTopicIsReadOnceItExists() {
        AtomicInteger lookups = new AtomicInteger();
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
            @Override
            public synchronized List<PartitionInfo> partitionsFor(String topic) {
                if (lookups.incrementAndGet() == 1) {
                    return List.of();
                }
                schedulePollTask(() -> addRecord(new ConsumerRecord<>(topic, 0, 0, new byte[0], new byte[0])));
                return List.of(new PartitionInfo(topic, 0, Node.noNode(), new Node[0], new Node[0]));
            }
        };
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 1L));
        try (TopicReader reader = TopicReader.whole(
                Topics.ALERTS,
                consumer,
                "test",
                (records, progress) -> keep(records),
                metrics.alertsRejected,
                metrics)) {
            reader.start();
            await().atMost(PATIENCE).until(() -> taken.equals(List.of(0L)));
            assertThat(reader.ready()).isTrue();
        }
        assertThat(lookups.get()).isEqualTo(2);
    }

    private static Long decode(ConsumerRecord<byte[], byte[]> record) {
        if (record.offset() == 0) {
            throw new InvalidRecordException("value", "is empty");
        }
        return record.offset();
    }

    private void readAll(TopicReaderTest.Partition partition, IntakeOffsets offsets, Batches.Batch batch) {
        readAll(reader(partition, offsets, batch), offsets);
    }

    private static void readAll(TopicReader reader, IntakeOffsets offsets) {
        try (reader) {
            reader.start();
            await().atMost(PATIENCE).until(() -> offsets.of(PARTITION.topic()).equals(Map.of(0, END)));
        }
    }

    private TopicReader reader(TopicReaderTest.Partition partition, IntakeOffsets offsets, Batches.Batch batch) {
        return TopicReader.of(Topics.ALERTS, partition, "test", batch, offsets, metrics.alertsRejected, metrics);
    }

    private void keep(ConsumerRecords<byte[], byte[]> records) {
        records.forEach(record -> taken.add(record.offset()));
    }
}
