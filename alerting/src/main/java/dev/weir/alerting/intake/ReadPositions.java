package dev.weir.alerting.intake;

import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.alerting.store.Progress;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The positions of a reader in the partitions that Kafka has assigned to it: the offsets in the database where it has
 * them. For the thread of the reader.
 */
final class ReadPositions implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReadPositions.class);

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    /** Null if the whole topic is read at each start. */
    private final @Nullable IntakeOffsets offsets;
    /** The next offset of each partition, as the database last had it. */
    private final Map<Integer, Long> known = new TreeMap<>();
    /** Records that were polled, and are read again once positions are set. */
    private ConsumerRecords<byte[], byte[]> notTaken = ConsumerRecords.empty();
    /** False after a rebalance or a failure, until positions are set. */
    private boolean isSet = true;

    ReadPositions(String topic, Consumer<byte[], byte[]> consumer, @Nullable IntakeOffsets offsets) {
        this.topic = topic;
        this.consumer = consumer;
        this.offsets = offsets;
    }

    boolean isSet() {
        return isSet;
    }

    /** Lets {@link #set} go back to the offsets in the database, or to the first of these records. */
    void reset(ConsumerRecords<byte[], byte[]> records) {
        notTaken = records;
        isSet = false;
    }

    /**
     * Sets all assigned partitions to the offsets in the database, whether these are ahead of the group or, after a
     * restore from a backup, behind it. Partitions that the database does not have stay at the group's offset, or at
     * the start of the records that were not taken. A topic that was created again does not have the offset; it is read
     * from its beginning ({@code auto.offset.reset}).
     */
    void set() throws SQLException {
        if (offsets != null) {
            Map<Integer, Long> now = offsets.of(topic);
            known.clear();
            known.putAll(now);
        }
        for (TopicPartition partition : consumer.assignment()) {
            List<ConsumerRecord<byte[], byte[]>> records = notTaken.records(partition);
            Long next = known.get(partition.partition());
            if (next != null) {
                consumer.seek(partition, next);
            } else if (!records.isEmpty()) {
                consumer.seek(partition, records.get(0).offset());
            }
        }
        notTaken = ConsumerRecords.empty();
        isSet = true;
    }

    /** The progress of a batch: from the offsets in the database to those after the last records. */
    Progress progress(ConsumerRecords<byte[], byte[]> records) {
        Map<Integer, Progress.Read> read = new TreeMap<>();
        if (offsets != null) {
            records.nextOffsets().forEach((partition, next) -> {
                int part = partition.partition();
                read.put(part, new Progress.Read(known.get(part), next.offset()));
            });
        }
        return new Progress(topic, read);
    }

    /** Goes on behind a batch whose progress the database has. */
    void advance(Progress progress) {
        progress.partitions().forEach((part, read) -> known.put(part, read.next()));
    }

    /** Stores the progress of records that are left out. */
    void skip(Progress progress) throws SQLException {
        if (offsets != null) {
            offsets.mark(progress);
            advance(progress);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        LOG.debug("partitions revoked: {}", partitions);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        // Reading the database here could fail, and Kafka does not call this method again.
        isSet = false;
    }
}
