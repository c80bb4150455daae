package dev.weir.alerting.store;

import java.sql.SQLException;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The part of a topic that a transaction processes. It is stored in the same transaction, so the database always knows
 * which records it includes, even after a restore from a backup.
 *
 * @param partitions offsets by partition
 */
public record Progress(String topic, Map<Integer, Read> partitions) {
    /** The progress of a transaction that processes no topic. */
    public static final Progress NONE = new Progress("", Map.of());

    public Progress {
        partitions = Map.copyOf(partitions);
    }

    /**
     * The offsets of one partition.
     *
     * @param before next offset of the database at the start, from {@link IntakeOffsets#of}; null for none
     * @param next next offset after this transaction
     */
    public record Read(@Nullable Long before, long next) {}

    /**
     * Stores the offsets, as the first statements of the transaction: a second reader of the same records waits here.
     *
     * @throws SQLException also if the stored offset differs, since another reader has processed the records
     */
    public void mark(Handle handle) throws SQLException {
        for (int part : partitions.keySet().stream().sorted().toList()) {
            mark(handle, part, partitions.get(part));
        }
    }

    private void mark(Handle handle, int part, @Nullable Read read) throws SQLException {
        if (read == null) {
            return;
        }
        String statement = read.before() == null
                ? "insert into intake_offset (topic, part, next_offset) values (:topic, :part, :next)"
                : "update intake_offset set next_offset = :next where topic = :topic and part = :part"
                        + " and next_offset = :before";
        int marked = handle.createUpdate(statement)
                .bind("topic", topic)
                .bind("part", part)
                .bind("next", read.next())
                .bind("before", read.before())
                .execute();
        if (marked == 0) {
            throw new SQLException("another reader has processed the records after offset " + read.before() + " in "
                    + topic + "-" + part + ", or the database was restored");
        }
    }
}
