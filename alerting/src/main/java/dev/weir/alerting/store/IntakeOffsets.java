package dev.weir.alerting.store;

import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** How far each topic has been taken into the database. Kafka's consumer group only shares the partitions out. */
public final class IntakeOffsets {
    private final Database database;

    public IntakeOffsets(Database database) {
        this.database = database;
    }

    /** By partition, the first offset of a topic that has not been taken in. */
    public Map<Integer, Long> of(String topic) throws SQLException {
        return database.query(
                handle -> handle.createQuery("select part, next_offset from intake_offset where topic = :topic")
                        .bind("topic", topic)
                        .reduceRows(new TreeMap<Integer, Long>(), (map, row) -> {
                            map.put(row.getColumn("part", Integer.class), row.getColumn("next_offset", Long.class));
                            return map;
                        }));
    }

    /** Writes down that records were read of which nothing is kept. */
    public void mark(Progress progress) throws SQLException {
        database.inTransaction(handle -> {
            progress.mark(handle);
            return progress;
        });
    }
}
