package dev.weir.alerting.store;

import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** The offsets up to which each topic is stored in the database. Kafka's consumer groups only assign partitions. */
public final class IntakeOffsets {
    private final Database database;

    public IntakeOffsets(Database database) {
        this.database = database;
    }

    /** The next offset of each partition of a topic. */
    public Map<Integer, Long> of(String topic) throws SQLException {
        return database.query(
                handle -> handle.createQuery("select part, next_offset from intake_offset where topic = :topic")
                        .bind("topic", topic)
                        .reduceRows(new TreeMap<Integer, Long>(), (map, row) -> {
                            map.put(row.getColumn("part", Integer.class), row.getColumn("next_offset", Long.class));
                            return map;
                        }));
    }

    /** Stores progress without any other change. */
    public void mark(Progress progress) throws SQLException {
        database.inTransaction(handle -> {
            progress.mark(handle);
            return progress;
        });
    }
}
