package dev.weir.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;

class WholeTopicTest {
    private static final String TOPIC = "weir.context";
    private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
    private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final WholeTopic whole = new WholeTopic(consumer, TOPIC);

    @Test
    void allPartitionsAreReadToTheEndOfTheStart() {
        topic(2, 1);
        consumer.schedulePollTask(() -> add(FIRST, 0, "a"));
        consumer.schedulePollTask(() -> {
            add(FIRST, 1, "b");
            add(SECOND, 0, "c");
        });
        consumer.schedulePollTask(() -> add(FIRST, 2, "too late"));
        List<String> read = new ArrayList<>();
        whole.read(each -> read.add(new String(each.value(), StandardCharsets.UTF_8)));
        assertThat(read).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void emptyTopicIsReadAtOnce() {
        topic(0, 0);
        whole.read(each -> {
            throw new AssertionError();
        });
        assertThat(whole.isCaughtUp()).isTrue();
    }

    @Test
    void missingTopicIsNotOpened() {
        consumer.updatePartitions(TOPIC, List.of());
        assertThat(whole.open()).isFalse();
        assertThatThrownBy(() -> whole.read(each -> {}))
                .isInstanceOf(UnknownTopicOrPartitionException.class)
                .hasMessageContaining(TOPIC);
        topic(1, 0);
        assertThat(whole.open()).isTrue();
        assertThat(whole.isCaughtUp()).isFalse();
    }

    @Test
    void wakeupEndsAPoll() {
        topic(1, 0);
        assertThat(whole.open()).isTrue();
        whole.wakeup();
        assertThatThrownBy(() -> whole.poll(Duration.ofSeconds(1))).isInstanceOf(WakeupException.class);
        whole.close();
        assertThat(consumer.closed()).isTrue();
    }

    private void topic(long firstEnd, long secondEnd) {
        Node node = new Node(1, "localhost", 9092);
        Node[] nodes = {node};
        consumer.updatePartitions(
                TOPIC,
                List.of(
                        new PartitionInfo(TOPIC, 0, node, nodes, nodes),
                        new PartitionInfo(TOPIC, 1, node, nodes, nodes)));
        consumer.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        consumer.updateEndOffsets(Map.of(FIRST, firstEnd, SECOND, secondEnd));
    }

    private void add(TopicPartition partition, long offset, String value) {
        consumer.addRecord(new ConsumerRecord<>(
                TOPIC, partition.partition(), offset, new byte[0], value.getBytes(StandardCharsets.UTF_8)));
    }
}
