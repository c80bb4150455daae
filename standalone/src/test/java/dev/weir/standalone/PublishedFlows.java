package dev.weir.standalone;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.WholeTopic;
import dev.weir.model.Flow;
import dev.weir.model.Topics;
import dev.weir.model.codec.FlowCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.BiConsumer;

/** Reads {@code weir.flows}. */
final class PublishedFlows {
    private PublishedFlows() {}

    /** Calls back for every committed flow with its partition, in the order of each partition. */
    static void forEach(KafkaConfig kafka, BiConsumer<Integer, Flow> each) {
        WholeTopic.read(
                kafka,
                Topics.FLOWS.topic(),
                record -> each.accept(record.partition(), FlowCodec.decode(record.value())));
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
