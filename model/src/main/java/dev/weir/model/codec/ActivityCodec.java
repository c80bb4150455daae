package dev.weir.model.codec;

import static dev.weir.model.codec.ProtoWriter.message;
import static dev.weir.model.codec.ProtoWriter.number;
import static dev.weir.model.codec.ProtoWriter.oneOf;
import static dev.weir.model.codec.ProtoWriter.text;
import static dev.weir.model.codec.ProtoWriter.texts;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.HttpRequests;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.PolicyRef;
import dev.weir.model.Span;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The value of {@code weir.activity}, by hand from {@code activity.proto}. Every activity is kept once for each kind of detector
 * until its slice closes, so its size and the time to read it matter. An instance remembers names, and is for one thread.
 */
public final class ActivityCodec {
    private final ProtoMemory memory = new ProtoMemory();

    /**
     * Its samples are decoded when they are asked for, by the same thread.
     *
     * @throws InvalidRecordException naming the field, or {@code activity} when the bytes are not protobuf
     */
    public Activity decode(byte[] value) {
        try {
            return new ActivityReader(value, memory).activity();
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidRecordException("activity", "is not protobuf: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] encode(Activity activity) {
        return ProtoWriter.bytes(out -> write(activity, out));
    }

    private static void write(Activity activity, CodedOutputStream out) throws IOException {
        out.writeInt64(1, activity.sliceMs());
        text(out, 2, activity.cluster());
        message(out, 3, part -> write(activity.source(), part));
        message(out, 4, part -> write(activity.destination(), part));
        number(out, 5, activity.port());
        out.writeString(6, activity.protocol());
        oneOf(out, 7, activity.verdict());
        oneOf(out, 8, activity.expected());
        text(out, 9, activity.outcome());
        for (PolicyRef policy : activity.decidedBy()) {
            message(out, 10, part -> write(policy, part));
        }
        out.writeInt64(11, activity.connections());
        out.writeInt64(12, activity.established());
        out.writeInt64(13, activity.refused());
        out.writeInt64(14, activity.unanswered());
        number(out, 15, activity.bytesSent());
        number(out, 16, activity.bytesReceived());
        number(out, 17, activity.packetsSent());
        number(out, 18, activity.packetsReceived());
        out.writeInt64(19, activity.firstSeenMs());
        out.writeInt64(20, activity.lastSeenMs());
        message(out, 21, part -> {
            for (int start : activity.startsMs()) {
                part.writeInt32NoTag(start);
            }
        });
        out.writeInt32(22, activity.sampling());
        out.writeInt64(23, activity.cleartext());
        for (DnsQueries each : activity.dns()) {
            message(out, 24, part -> write(each, part));
        }
        HttpRequests http = activity.http();
        if (http != null) {
            message(out, 25, part -> {
                part.writeInt64(1, http.requests());
                part.writeInt64(2, http.failed());
                part.writeByteArray(3, http.paths());
            });
        }
        for (Flow sample : activity.samples()) {
            message(out, 26, part -> FlowProto.write(sample, part));
        }
        out.writeInt32(27, activity.lostPercent());
        for (Span span : activity.spans()) {
            message(out, 28, part -> write(span, part));
        }
    }

    private static void write(Entity entity, CodedOutputStream out) throws IOException {
        text(out, 1, entity.namespace());
        text(out, 2, entity.workload());
        text(out, 3, entity.workloadKind());
        text(out, 4, entity.pod());
        text(out, 5, entity.ip());
        text(out, 6, entity.node());
        text(out, 7, entity.service());
        texts(out, 8, entity.names());
    }

    private static void write(PolicyRef policy, CodedOutputStream out) throws IOException {
        out.writeString(1, policy.kind());
        text(out, 2, policy.namespace());
        out.writeString(3, policy.name());
        text(out, 4, policy.rule());
    }

    private static void write(Span span, CodedOutputStream out) throws IOException {
        out.writeInt32(1, span.slices());
        out.writeInt64(2, span.established());
        out.writeInt64(3, span.bytesSent());
        out.writeInt64(4, span.bytesReceived());
        out.writeInt64(5, span.packetsSent());
        out.writeInt64(6, span.packetsReceived());
        out.writeInt64(7, span.connections());
    }

    private static void write(DnsQueries dns, CodedOutputStream out) throws IOException {
        out.writeString(1, dns.domain());
        out.writeInt64(2, dns.queries());
        out.writeInt64(3, dns.failed());
        out.writeInt64(4, dns.bulky());
        out.writeInt64(5, dns.nameBytes());
        out.writeByteArray(6, dns.names());
    }
}
