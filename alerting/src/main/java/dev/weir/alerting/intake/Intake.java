package dev.weir.alerting.intake;

/** Takes in the records of one topic, in a thread of its own. */
public abstract class Intake implements AutoCloseable {

    /** The reader of the topic. */
    abstract TopicReader reader();

    /** Begins to read. */
    public final void start() {
        reader().start();
    }

    /** True once Kafka has assigned partitions to the reader. */
    public final boolean ready() {
        return reader().ready();
    }

    @Override
    public final void close() {
        reader().close();
    }
}
