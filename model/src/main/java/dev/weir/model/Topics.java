package dev.weir.model;

import java.util.List;

/** The topics of Weir. */
public enum Topics {
    FLOWS("weir.flows", false),
    CONTEXT("weir.context", true),
    ACTIVITY("weir.activity", false),
    ALERTS("weir.alerts", true),
    /** Decisions of people. */
    FEEDBACK("weir.feedback", true),
    BASELINES("weir.baselines", true),
    REJECTED("weir.rejected", false),
    /** Published positions of files; written in the same transaction as their flows. */
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

    /** True if Kafka keeps the newest value of each key for ever. */
    public boolean compacted() {
        return compacted;
    }

    /**
     * The number of partitions when Weir creates the topic. Context changes and decisions have one, since their order
     * matters.
     */
    public int partitions(int flowPartitions) {
        return this == CONTEXT || this == FEEDBACK || this == REJECTED || this == POSITIONS ? 1 : flowPartitions;
    }

    public static List<Topics> all() {
        return List.of(values());
    }
}
