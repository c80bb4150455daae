package dev.weir.common.kafka;

import dev.weir.common.config.KafkaConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Reads all partitions of a topic from their beginning, and knows when it has reached the end that they had at first.
 * All methods throw a {@link org.apache.kafka.common.KafkaException} if Kafka does not answer or refuses; the call may
 * then be repeated. For one thread, except {@link #wakeup}.
 */
public final class WholeTopic implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private boolean isOpen;
    private @Nullable Map<TopicPartition, Long> ends;

    /** Receives a record. */
    @FunctionalInterface
    public interface Receiver {
        /** Called for each record, in the order of its partition. */
        void receive(ConsumerRecord<byte[], byte[]> message);
    }

    /** Creates a reader with a consumer of its own. */
    public WholeTopic(KafkaConfig kafka, String topic) {
        this(KafkaClients.consumer(kafka), topic);
    }

    /**
     * Creates a reader.
     *
     * @param consumer consumer without a group and without an assignment; closed with the reader
     */
    public WholeTopic(Consumer<byte[], byte[]> consumer, String topic) {
        this.consumer = consumer;
        this.topic = topic;
    }

    /**
     * Reads a topic to its present end.
     *
     * @throws UnknownTopicOrPartitionException if there is no such topic
     */
    public static void read(KafkaConfig kafka, String topic, Receiver receiver) {
        try (WholeTopic whole = new WholeTopic(kafka, topic)) {
            whole.read(receiver);
        }
    }

    void read(Receiver receiver) {
        if (!open()) {
            throw new UnknownTopicOrPartitionException("there is no topic " + topic);
        }
        while (!isCaughtUp()) {
            poll(POLL).forEach(receiver::receive);
        }
    }

    /**
     * Goes to the beginning of all partitions, at the first call that finds the topic; returns false if there is none.
     */
    public boolean open() {
        if (!isOpen) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(each -> new TopicPartition(topic, each.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                return false;
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            isOpen = true;
        }
        return true;
    }

    /** Returns the next records, or none if none arrive in time. To be called after {@link #open} has returned true. */
    public ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
        return consumer.poll(atMost);
    }

    /** Returns true once every record has been returned that the topic had at the first call of this method. */
    public boolean isCaughtUp() {
        Map<TopicPartition, Long> goal = ends;
        if (goal == null) {
            goal = consumer.endOffsets(consumer.assignment());
            ends = goal;
        }
        return goal.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** Lets a call that waits, in another thread, throw a {@link org.apache.kafka.common.errors.WakeupException}. */
    public void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
