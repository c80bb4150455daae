package dev.weir.alerting.intake;

import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Progress;
import dev.weir.model.InvalidRecordException;
import io.prometheus.client.Counter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Processes batches of records, and leaves out those that are invalid or do not fit into the database. */
final class Batches {
    private static final Logger LOG = LoggerFactory.getLogger(Batches.class);

    private final ReadPositions positions;
    private final Batch batch;
    private final Counter rejected;
    /** Records rejected in the current batch. */
    private int rejects;

    /** Processes a batch and stores its progress in the same transaction. */
    interface Batch {
        void process(ConsumerRecords<byte[], byte[]> records, Progress progress) throws SQLException;
    }

    /** Decodes a record; returns null to skip it. */
    interface Decoder<T> {
        /**
         * Decodes a record.
         *
         * @throws InvalidRecordException if the record is not valid
         */
        @Nullable T decode(ConsumerRecord<byte[], byte[]> record);
    }

    Batches(ReadPositions positions, Batch batch, Counter rejected) {
        this.positions = positions;
        this.batch = batch;
        this.rejected = rejected;
    }

    /** Processes a batch. Its rejected records are counted once it has succeeded. */
    void take(ConsumerRecords<byte[], byte[]> records) throws SQLException {
        rejects = 0;
        if (!records.isEmpty()) {
            process(records);
        }
        rejected.inc(rejects);
    }

    /** Decodes the records of a batch. Invalid ones are logged and rejected. */
    <T> List<T> decoded(Iterable<ConsumerRecord<byte[], byte[]>> records, Decoder<T> decoder, String what) {
        List<T> decoded = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                T value = decoder.decode(record);
                if (value != null) {
                    decoded.add(value);
                }
            } catch (InvalidRecordException e) {
                rejects++;
                LOG.warn(
                        "{}-{} offset {} is not a valid {} and is rejected: {}",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        what,
                        e.getMessage());
            }
        }
        return decoded;
    }

    /**
     * Processes a batch as a whole. If a value does not fit into the database, each record is processed by itself, so
     * that only the one that does not fit is rejected.
     */
    private void process(ConsumerRecords<byte[], byte[]> records) throws SQLException {
        Progress progress = positions.progress(records);
        try {
            batch.process(records, progress);
            positions.advance(progress);
        } catch (SQLException e) {
            if (!Database.isUnfit(e)) {
                throw e;
            }
            if (records.count() > 1) {
                rejects = 0;
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (records.count() == 1) {
                    rejects++;
                    LOG.warn(
                            "{}-{} offset {} does not fit into the database and is rejected: {}",
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            e.getMessage());
                    positions.skip(progress);
                } else {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    process(new ConsumerRecords<>(
                            Map.of(partition, List.of(record)),
                            Map.of(partition, new OffsetAndMetadata(record.offset() + 1))));
                }
            }
        }
    }
}
