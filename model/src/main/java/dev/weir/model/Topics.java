package dev.weir.model;

import java.util.List;

/** The topics that the parts of Weir meet in. */
public enum Topics {
    FLOWS("weir.flows", false),
    CONTEXT("weir.context", true),
    ACTIVITY("weir.activity", false),
    ALERTS("weir.alerts", true),
    /** What people decided. */
    FEEDBACK("weir.feedback", true),
    BASELINES("weir.baselines", true),
    REJECTED("weir.rejected", false),
    /** How far each file has been published; written in the same transaction as its flows. */
    POSITIONS("weir.positions", true);

    private final String topic;
    private final boolean compacted;

    Topics(String topic, boolean compacted) {
        this.topic = topic;
        this.compacted = compacted;
    }

    /** The name in Kafka. */
    public String topic() {
        return topic;
    }

    /** Whether the newest value of each key is kept for ever. */
    public boolean compacted() {
        return compacted;
    }

    /** Partitions when Weir makes the topic itself; the order of context changes and decisions matters, so they have one. */
    public int partitions(int flowPartitions) {
        return this == CONTEXT || this == FEEDBACK || this == REJECTED || this == POSITIONS ? 1 : flowPartitions;
    }

    public static List<Topics> all() {
        return List.of(values());
    }
}
