package dev.weir.model.codec;

import static dev.weir.model.codec.ProtoWriter.bool;
import static dev.weir.model.codec.ProtoWriter.message;
import static dev.weir.model.codec.ProtoWriter.number;
import static dev.weir.model.codec.ProtoWriter.oneOf;
import static dev.weir.model.codec.ProtoWriter.text;
import static dev.weir.model.codec.ProtoWriter.texts;

import com.google.protobuf.CodedOutputStream;
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
 * The protobuf form of a flow, by hand from {@code flow.proto}: half as much time again as the generated classes take,
 * and no second set of types. Proto3's default values mean absent, but for {@code optional} fields.
 */
public final class FlowProto {
    /** Tags of the times: field number and wire type. */
    static final int START = 1 << 3;

    static final int END = 2 << 3;

    private FlowProto() {}

    /**
     * @throws InvalidRecordException naming the field, or {@code flow} when the bytes are not protobuf
     */
    static Flow decode(byte[] value, @Nullable ProtoMemory memory) {
        try {
            return new FlowReader(value, memory).flow();
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidRecordException("flow", "is neither JSON nor protobuf: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of the two times; the other when it is not there. */
    static long peek(byte[] value, int wanted) {
        return new FlowReader(value, null).peek(wanted);
    }

    public static byte[] encode(Flow flow) {
        return ProtoWriter.bytes(out -> write(flow, out));
    }

    static void write(Flow flow, CodedOutputStream out) throws IOException {
        out.writeInt64(1, flow.startMs());
        out.writeInt64(2, flow.endMs());
        message(out, 3, part -> write(flow.source(), part));
        message(out, 4, part -> write(flow.destination(), part));
        out.writeString(5, flow.protocol());
        oneOf(out, 6, flow.verdict());
        text(out, 7, flow.dropReason());
        oneOf(out, 8, flow.direction());
        bool(out, 9, flow.isReply());
        bool(out, 10, flow.encrypted());
        text(out, 11, flow.cluster());
        text(out, 12, flow.reporter());
        text(out, 13, flow.collector());
        number(out, 14, flow.sampling());
        L7 l7 = flow.l7();
        if (l7 != null) {
            message(out, 15, part -> write(l7, part));
        }
        number(out, 16, flow.lostPercent());
        text(out, 17, flow.tunnel());
    }

    private static void write(Endpoint end, CodedOutputStream out) throws IOException {
        out.writeString(1, end.ip());
        number(out, 2, end.port());
        number(out, 3, end.bytes());
        number(out, 4, end.packets());
        number(out, 5, end.tcpFlags());
        text(out, 6, end.namespace());
        text(out, 7, end.pod());
        text(out, 8, end.workload());
        text(out, 9, end.workloadKind());
        Map<String, String> labels = end.labels();
        if (labels != null) {
            for (Map.Entry<String, String> label : labels.entrySet()) {
                message(out, 10, entry -> {
                    entry.writeString(1, label.getKey());
                    entry.writeString(2, label.getValue());
                });
            }
        }
        text(out, 11, end.node());
        text(out, 12, end.service());
        texts(out, 13, end.names());
        text(out, 14, end.zone());
        text(out, 15, end.network());
        text(out, 16, end.country());
    }

    private static void write(L7 l7, CodedOutputStream out) throws IOException {
        L7.Dns dns = l7.dns();
        if (dns != null) {
            message(out, 1, part -> {
                text(part, 1, dns.query());
                text(part, 2, dns.type());
                text(part, 3, dns.rcode());
                texts(part, 4, dns.answers());
            });
        }
        L7.Http http = l7.http();
        if (http != null) {
            message(out, 2, part -> {
                text(part, 1, http.method());
                text(part, 2, http.host());
                text(part, 3, http.path());
                number(part, 4, http.status());
            });
        }
        L7.Tls tls = l7.tls();
        if (tls != null) {
            message(out, 3, part -> text(part, 1, tls.sni()));
        }
    }
}
