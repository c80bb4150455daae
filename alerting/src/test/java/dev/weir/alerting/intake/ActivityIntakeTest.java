package dev.weir.alerting.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.EdgeSeriesTest;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.EdgeResolution;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.alerting.store.EdgesConfig;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.alerting.store.Progress;
import dev.weir.model.Topics;
import dev.weir.model.codec.ActivityCodec;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No activity counts twice, after any failure of Kafka or the database. */
class ActivityIntakeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.ACTIVITY.topic(), 0);
    private static final int RECORDS = 30;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final AlertingMetrics metrics = new AlertingMetrics(registry);

    /** A partition that is read in small batches, again after each seek. */
    private static final class Partition extends MockConsumer<byte[], byte[]> {
        private static final int AT_ONCE = 3;
        private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        private final int failingCommits;
        private int commits;

        Partition(int failingCommits) {
            super("earliest");
            this.failingCommits = failingCommits;
            byte[] value = new ActivityCodec().encode(EdgeSeriesTest.activity("web", "192.0.2.1", 1));
            for (int i = 0; i < RECORDS; i++) {
                records.add(new ConsumerRecord<>(PARTITION.topic(), 0, i, new byte[0], value));
            }
            updateBeginningOffsets(Map.of(PARTITION, 0L));
            updateEndOffsets(Map.of(PARTITION, (long) RECORDS));
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (assignment().isEmpty()) {
                rebalance(List.of(PARTITION));
            }
            long next = position(PARTITION);
            records.stream()
                    .filter(record -> record.offset() >= next)
                    .limit(AT_ONCE)
                    .forEach(this::addRecord);
            return super.poll(timeout);
        }

        @Override
        public synchronized void commitSync() {
            commits++;
            if (commits <= failingCommits) {
                throw new CommitFailedException("the group has another member for it");
            }
            super.commitSync();
        }
    }

    @ParameterizedTest
    @EnumSource
    void uncommittedActivitiesAreNotAddedAgain(Databases kind) throws Exception {
        try (Database database = kind.open();
                ActivityIntake intake = new ActivityIntake(
                        new Partition(3),
                        new EdgeStore(database),
                        EdgesConfig.defaults(),
                        new IntakeOffsets(database),
                        metrics)) {
            intake.start();
            await().atMost(PATIENCE).until(() -> offset(database) == RECORDS);
            assertThat(connections(database)).isEqualTo(3L * RECORDS);
            assertThat(retries()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void twoThatReadTheSameForAWhileAddItOnce(Databases kind) throws Exception {
        try (Database database = kind.open();
                ActivityIntake first = new ActivityIntake(
                        new Partition(0),
                        new EdgeStore(database),
                        EdgesConfig.defaults(),
                        new IntakeOffsets(database),
                        metrics);
                ActivityIntake second = new ActivityIntake(
                        new Partition(0),
                        new EdgeStore(database),
                        EdgesConfig.defaults(),
                        new IntakeOffsets(database),
                        metrics)) {
            first.start();
            second.start();
            await().atMost(PATIENCE).until(() -> offset(database) == RECORDS);
            assertThat(connections(database)).isEqualTo(3L * RECORDS);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            registry.getSampleValue("weir_edge_connections_total", EdgeSeriesTest.LABELS, new String[] {
                                "shop", "web", "", "world", "FORWARDED", "policy-bypass"
                            }))
                    .isEqualTo(3.0 * RECORDS));
        }
    }

    @ParameterizedTest
    @EnumSource
    void offsetsAreAwaitedBeforeAnythingIsAdded(Databases kind) throws Exception {
        try (Database database = kind.open();
                ActivityIntake intake = new ActivityIntake(
                        new Partition(0),
                        new EdgeStore(database),
                        EdgesConfig.defaults(),
                        new IntakeOffsets(database),
                        metrics)) {
            new IntakeOffsets(database)
                    .mark(new Progress(PARTITION.topic(), Map.of(0, new Progress.Read(null, RECORDS / 2))));
            database.inTransaction(handle -> handle.execute("alter table intake_offset rename to away"));
            intake.start();
            await().atMost(PATIENCE).until(() -> retries() > 0);
            database.inTransaction(handle -> handle.execute("alter table away rename to intake_offset"));
            await().atMost(PATIENCE).until(() -> offset(database) == RECORDS);
            assertThat(connections(database)).isEqualTo(3L * RECORDS / 2);
        }
    }

    private double retries() {
        Double retries = registry.getSampleValue(
                "weir_alerting_intake_retries_total", new String[] {"topic"}, new String[] {PARTITION.topic()});
        return retries == null ? 0 : retries;
    }

    private static long offset(Database database) throws Exception {
        return new IntakeOffsets(database).of(PARTITION.topic()).getOrDefault(0, 0L);
    }

    private static long connections(Database database) throws Exception {
        return new EdgeStore(database)
                .used(null, null, 0, Duration.ofDays(1).toMillis(), EdgeResolution.DAY, NamespaceScope.ALL, 10).stream()
                        .mapToLong(used -> used.sum().connections())
                        .sum();
    }
}
