package dev.weir.model.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.L7;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes a flow as protobuf, written by hand from {@code flow.proto}: in two thirds of the time of the
 * generated classes, and without a second set of types. Proto3's default values mean absent, except for {@code
 * optional} fields.
 */
public final class FlowProto {
    /** Tags of the times: field number and wire type. */
    static final int START = 1 << 3;

    static final int END = 2 << 3;

    private FlowProto() {}

    /**
     * Decodes a flow.
     *
     * @throws InvalidRecordException naming the field, or {@code flow} when the bytes are not protobuf
     */
    static Flow decode(byte[] value, @Nullable ProtoCache cache) {
        try {
            return new FlowReader(value, cache).flow();
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidRecordException("flow", "is neither JSON nor protobuf: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns one of the two times; the other when that is absent. */
    static long peek(byte[] value, int wanted) {
        return new FlowReader(value, null).peek(wanted);
    }

    public static byte[] encode(Flow flow) {
        return ProtoWriter.encode(flow, FlowProto::write);
    }

    static void write(Flow flow, ProtoWriter out) {
        out.int64(1, flow.startMs());
        out.int64(2, flow.endMs());
        writeEnds(flow.source(), flow.destination(), out);
        out.text(5, flow.protocol());
        out.oneOf(6, flow.verdict());
        out.text(7, flow.dropReason());
        out.oneOf(8, flow.direction());
        out.bool(9, flow.isReply());
        out.bool(10, flow.encrypted());
        out.text(11, flow.cluster());
        out.text(12, flow.reporter());
        out.text(13, flow.collector());
        out.number(14, flow.sampling());
        out.message(15, flow.l7(), FlowProto::write);
        out.number(16, flow.lostPercent());
        out.text(17, flow.tunnel());
    }

    static void writeEnds(Endpoint source, Endpoint destination, ProtoWriter out) {
        out.message(3, source, FlowProto::write);
        out.message(4, destination, FlowProto::write);
    }

    private static void write(Endpoint end, ProtoWriter out) {
        out.text(1, end.ip());
        out.number(2, end.port());
        out.number(3, end.bytes());
        out.number(4, end.packets());
        out.number(5, end.tcpFlags());
        out.text(6, end.namespace());
        out.text(7, end.pod());
        out.text(8, end.workload());
        out.text(9, end.workloadKind());
        Map<String, String> labels = end.labels();
        if (labels != null) {
            for (Map.Entry<String, String> label : labels.entrySet()) {
                int start = out.open(10);
                out.text(1, label.getKey());
                out.text(2, label.getValue());
                out.close(start);
            }
        }
        out.text(11, end.node());
        out.text(12, end.service());
        out.texts(13, end.names());
        out.text(14, end.zone());
        out.text(15, end.network());
        out.text(16, end.country());
    }

    private static void write(L7 l7, ProtoWriter out) {
        out.message(1, l7.dns(), FlowProto::write);
        out.message(2, l7.http(), FlowProto::write);
        out.message(3, l7.tls(), (tls, part) -> part.text(1, tls.sni()));
    }

    private static void write(L7.Dns dns, ProtoWriter out) {
        out.text(1, dns.query());
        out.text(2, dns.type());
        out.text(3, dns.rcode());
        out.texts(4, dns.answers());
    }

    private static void write(L7.Http http, ProtoWriter out) {
        out.text(1, http.method());
        out.text(2, http.host());
        out.text(3, http.path());
        out.number(4, http.status());
    }
}
