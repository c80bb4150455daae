package dev.weir.alerting.store;

import java.sql.SQLException;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * How far a topic was read for what a transaction writes. It is written in the same transaction, so that a database always knows
 * which records it holds, also one that was restored from a backup.
 *
 * @param partitions by partition
 */
public record Progress(String topic, Map<Integer, Read> partitions) {
    /** That of a write which no topic asked for. */
    public static final Progress NONE = new Progress("", Map.of());

    public Progress {
        partitions = Map.copyOf(partitions);
    }

    /**
     * How far a partition was read.
     *
     * @param before what {@link IntakeOffsets#of} said before; null when it did not know the partition
     * @param next the first offset that was not read
     */
    public record Read(@Nullable Long before, long next) {}

    /**
     * Writes it down, before anything else of the transaction: of two readers of the same records the second waits here.
     *
     * @throws SQLException also when another reader has read on in one of the partitions since
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
            throw new SQLException("another reader has taken in what follows " + read.before() + " in " + topic + "-"
                    + part + ", or the database was restored");
        }
    }
}
