package dev.weir.ingest.publish;

import dev.weir.model.Flow;
import dev.weir.model.Topics;
import dev.weir.model.codec.FlowCodec;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A flow in the form in which it goes to Kafka.
 *
 * @param collector kind of the collector that read it
 * @param key source and destination, so that an edge stays in one partition and is aggregated there
 * @param value the flow's bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Outgoing(String collector, byte[] key, byte[] value) {
    public static Outgoing of(String collector, Flow flow) {
        String edge = flow.source().ip() + ">" + flow.destination().ip();
        return new Outgoing(collector, edge.getBytes(StandardCharsets.UTF_8), FlowCodec.encode(flow));
    }

    ProducerRecord<byte[], byte[]> record() {
        return new ProducerRecord<>(Topics.FLOWS.topic(), key, value);
    }
}
