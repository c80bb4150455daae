package dev.weir.ingest.publish;

import dev.weir.model.Flow;
import dev.weir.model.Topics;
import dev.weir.model.codec.FlowCodec;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Flows as Kafka records: keyed by who talks to whom, so that an edge stays in one partition and rolls up there. */
final class FlowRecords {
    private FlowRecords() {}

    static ProducerRecord<byte[], byte[]> of(Flow flow) {
        String edge = flow.source().ip() + ">" + flow.destination().ip();
        return new ProducerRecord<>(
                Topics.FLOWS.topic(), edge.getBytes(StandardCharsets.UTF_8), FlowCodec.encode(flow));
    }
}
