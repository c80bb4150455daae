package dev.weir.model.codec;

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
 * Encodes and decodes the value of {@code weir.activity}, written by hand from {@code activity.proto}. Every activity
 * is stored once for each kind of detector until its slice closes, so its size and decoding time matter. An instance
 * caches names, and is for one thread.
 */
public final class ActivityCodec {
    private final ProtoCache cache = new ProtoCache();

    /**
     * Decodes an activity. Its samples are decoded at their first use, by the same thread.
     *
     * @throws InvalidRecordException naming the field, or {@code activity} when the bytes are not protobuf
     */
    public Activity decode(byte[] value) {
        try {
            return new ActivityReader(value, cache).activity();
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidRecordException("activity", "is not protobuf: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] encode(Activity activity) {
        return ProtoWriter.encode(activity, ActivityCodec::write);
    }

    private static void write(Activity activity, ProtoWriter out) {
        out.int64(1, activity.sliceMs());
        out.text(2, activity.cluster());
        out.message(3, activity.source(), ActivityCodec::write);
        out.message(4, activity.destination(), ActivityCodec::write);
        out.number(5, activity.port());
        out.text(6, activity.protocol());
        out.oneOf(7, activity.verdict());
        out.oneOf(8, activity.expected());
        out.text(9, activity.outcome());
        for (PolicyRef policy : activity.decidedBy()) {
            out.message(10, policy, ActivityCodec::write);
        }
        out.int64(11, activity.connections());
        out.int64(12, activity.established());
        out.int64(13, activity.refused());
        out.int64(14, activity.unanswered());
        out.number(15, activity.bytesSent());
        out.number(16, activity.bytesReceived());
        out.number(17, activity.packetsSent());
        out.number(18, activity.packetsReceived());
        out.int64(19, activity.firstSeenMs());
        out.int64(20, activity.lastSeenMs());
        int starts = out.open(21);
        for (int start : activity.startsMs()) {
            out.packed(start);
        }
        out.close(starts);
        out.int64(22, activity.sampling());
        out.int64(23, activity.cleartext());
        for (DnsQueries each : activity.dns()) {
            out.message(24, each, ActivityCodec::write);
        }
        out.message(25, activity.http(), ActivityCodec::write);
        if (activity.samples() instanceof FlowSamples samples) {
            samples.write(26, out);
        } else {
            for (Flow sample : activity.samples()) {
                out.message(26, sample, FlowProto::write);
            }
        }
        out.int64(27, activity.lostPercent());
        for (Span span : activity.spans()) {
            out.message(28, span, ActivityCodec::write);
        }
        out.int64(29, activity.requestsAlone());
        out.oneOf(30, activity.outside());
    }

    private static void write(Entity entity, ProtoWriter out) {
        out.text(1, entity.namespace());
        out.text(2, entity.workload());
        out.text(3, entity.workloadKind());
        out.text(4, entity.pod());
        out.text(5, entity.ip());
        out.text(6, entity.node());
        out.text(7, entity.service());
        out.texts(8, entity.names());
    }

    private static void write(PolicyRef policy, ProtoWriter out) {
        out.text(1, policy.kind());
        out.text(2, policy.namespace());
        out.text(3, policy.name());
        out.text(4, policy.rule());
    }

    private static void write(Span span, ProtoWriter out) {
        out.int64(1, span.slices());
        out.int64(2, span.established());
        out.int64(3, span.bytesSent());
        out.int64(4, span.bytesReceived());
        out.int64(5, span.packetsSent());
        out.int64(6, span.packetsReceived());
        out.int64(7, span.connections());
    }

    private static void write(DnsQueries dns, ProtoWriter out) {
        out.text(1, dns.domain());
        out.int64(2, dns.queries());
        out.int64(3, dns.failed());
        out.int64(4, dns.bulky());
        out.int64(5, dns.nameBytes());
        out.bytes(6, dns.names());
    }

    private static void write(HttpRequests http, ProtoWriter out) {
        out.int64(1, http.requests());
        out.int64(2, http.failed());
        out.bytes(3, http.paths());
        out.int64(4, http.unauthorized());
    }
}
