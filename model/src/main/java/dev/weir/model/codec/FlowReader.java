package dev.weir.model.codec;

import com.google.protobuf.WireFormat;
import dev.weir.model.Direction;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.L7;
import dev.weir.model.Verdict;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the protobuf form of a flow. With a cache, the names and labels of an endpoint are decoded once. */
final class FlowReader extends ProtoReader {
    private static final Verdict[] VERDICTS = Verdict.values();
    private static final Direction[] DIRECTIONS = Direction.values();
    /** The first field of an endpoint that names it; the fields before this one differ from flow to flow. */
    private static final int NAMES = 6;

    FlowReader(byte[] value, @Nullable ProtoCache cache) {
        super(value, cache);
    }

    /** Creates a reader of a flow that is a part of other bytes. */
    FlowReader(byte[] value, int from, int to, @Nullable ProtoCache cache) {
        super(value, cache);
        at = from;
        limit = to;
    }

    /**
     * Returns the time with this tag, or the other time if the flow lacks it; {@link Long#MIN_VALUE} without either.
     */
    long peek(int wanted) {
        long other = Long.MIN_VALUE;
        try {
            for (int tag = tag(); tag != 0; tag = tag()) {
                if (tag == wanted) {
                    return varint();
                } else if (tag == FlowProto.START || tag == FlowProto.END) {
                    other = varint();
                } else {
                    skip(tag);
                }
            }
            return other;
        } catch (IOException unreadable) {
            // The record counts as one without a time here; the judge rejects it with the reason.
            return other;
        }
    }

    Flow flow() throws IOException {
        return flow(false);
    }

    /** Reads a sample: a flow, and behind it perhaps the ends again, whose names are then those of the flow's ends. */
    Flow sample() throws IOException {
        return flow(true);
    }

    private Flow flow(boolean isSample) throws IOException {
        Flow.Builder flow = Flow.builder();
        Endpoint source = null;
        Endpoint destination = null;
        for (int tag = tag(); tag != 0; tag = tag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> flow.startMs(time(tag, "start_ms"));
                case 2 -> flow.endMs(time(tag, "end_ms"));
                case 3 -> {
                    source = named(isSample ? source : null, endpoint(tag, "source"));
                    flow.source(source);
                }
                case 4 -> {
                    destination = named(isSample ? destination : null, endpoint(tag, "destination"));
                    flow.destination(destination);
                }
                case 5 -> flow.protocol(text(tag, "protocol"));
                case 6 -> flow.verdict(Objects.requireNonNullElse(oneOf(tag, "verdict", VERDICTS), Verdict.UNKNOWN));
                case 7 -> flow.dropReason(text(tag, "drop_reason"));
                case 8 -> flow.direction(oneOf(tag, "direction", DIRECTIONS));
                case 9 -> flow.isReply(number(tag, "is_reply") != 0);
                case 10 -> flow.encrypted(number(tag, "encrypted") != 0);
                case 11 -> flow.cluster(text(tag, "cluster"));
                case 12 -> flow.reporter(text(tag, "reporter"));
                case 13 -> flow.collector(text(tag, "collector"));
                case 14 -> flow.sampling(smallNumber(tag, "sampling"));
                case 15 -> flow.l7(l7(tag));
                case 16 -> flow.lostPercent(smallNumber(tag, "lost_percent"));
                case 17 -> flow.tunnel(text(tag, "tunnel"));
                default -> skip(tag);
            }
        }
        return flow.build();
    }

    private static Endpoint named(@Nullable Endpoint before, Endpoint read) {
        return before == null ? read : before.withNamesOf(read);
    }

    /** Reads a time; null for 0, which proto3 writes for an unset field. */
    private @Nullable Long time(int tag, String field) throws IOException {
        long ms = number(tag, field);
        return ms == 0 ? null : (Long) ms;
    }

    private Endpoint endpoint(int tag, String side) throws IOException {
        int outer = push(tag, side);
        try {
            Endpoint end = endpoint();
            pop(outer);
            return end;
        } catch (InvalidRecordException e) {
            throw e.under(side);
        }
    }

    private Endpoint endpoint() throws IOException {
        Endpoint.Builder end = Endpoint.builder();
        Map<String, String> labels = null;
        List<String> names = null;
        int namesFrom = -1;
        boolean isNamesOnly = true;
        for (int from = at, tag = tag(); tag != 0; from = at, tag = tag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            if (field < NAMES) {
                isNamesOnly = namesFrom < 0;
            } else if (cache != null && namesFrom < 0) {
                namesFrom = from;
                Endpoint known = cache.end(value, from, limit);
                if (known != null) {
                    at = limit;
                    return known.with(required("ip", end.ip()), end.port(), end.bytes(), end.packets(), end.tcpFlags());
                }
            }
            switch (field) {
                case 1 -> end.ip(text(tag, "ip"));
                case 2 -> end.port(smallNumber(tag, "port"));
                case 3 -> end.bytes(number(tag, "bytes"));
                case 4 -> end.packets(number(tag, "packets"));
                case 5 -> end.tcpFlags(smallNumber(tag, "tcp_flags"));
                case 6 -> end.namespace(text(tag, "namespace"));
                case 7 -> end.pod(text(tag, "pod"));
                case 8 -> end.workload(text(tag, "workload"));
                case 9 -> end.workloadKind(text(tag, "workload_kind"));
                case 10 -> labels = label(tag, labels);
                case 11 -> end.node(text(tag, "node"));
                case 12 -> end.service(text(tag, "service"));
                case 13 -> names = add(names, text(tag, "names"));
                case 14 -> end.zone(text(tag, "zone"));
                case 15 -> end.network(text(tag, "network"));
                case 16 -> end.country(text(tag, "country"));
                default -> skip(tag);
            }
        }
        Endpoint read = end.labels(labels).names(names).build();
        if (cache != null && namesFrom >= 0 && isNamesOnly) {
            cache.put(value, namesFrom, limit, read);
        }
        return read;
    }

    private Map<String, String> label(int tag, @Nullable Map<String, String> labels) throws IOException {
        Map<String, String> map = labels == null ? new LinkedHashMap<>() : labels;
        int outer = push(tag, "labels");
        String key = "";
        String text = "";
        for (int inner = tag(); inner != 0; inner = tag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
                case 1 -> key = Objects.requireNonNullElse(text(inner, "labels"), "");
                case 2 -> text = Objects.requireNonNullElse(text(inner, "labels"), "");
                default -> skip(inner);
            }
        }
        pop(outer);
        map.put(key, text);
        return map;
    }

    private L7 l7(int tag) throws IOException {
        int outer = push(tag, "l7");
        L7.Dns dns = null;
        L7.Http http = null;
        L7.Tls tls = null;
        for (int inner = tag(); inner != 0; inner = tag()) {
            try {
                switch (WireFormat.getTagFieldNumber(inner)) {
                    case 1 -> dns = dns(inner);
                    case 2 -> http = http(inner);
                    case 3 -> tls = tls(inner);
                    default -> skip(inner);
                }
            } catch (InvalidRecordException e) {
                throw e.under("l7");
            }
        }
        pop(outer);
        return new L7(dns, http, tls);
    }

    private L7.Dns dns(int tag) throws IOException {
        int outer = push(tag, "dns");
        String query = null;
        String type = null;
        String rcode = null;
        List<String> answers = null;
        for (int inner = tag(); inner != 0; inner = tag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
                case 1 -> query = text(inner, "dns.query");
                case 2 -> type = text(inner, "dns.type");
                case 3 -> rcode = text(inner, "dns.rcode");
                case 4 -> answers = add(answers, text(inner, "dns.answers"));
                default -> skip(inner);
            }
        }
        pop(outer);
        return new L7.Dns(query, type, rcode, answers);
    }

    private L7.Http http(int tag) throws IOException {
        int outer = push(tag, "http");
        String method = null;
        String host = null;
        String path = null;
        Integer status = null;
        for (int inner = tag(); inner != 0; inner = tag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
                case 1 -> method = text(inner, "http.method");
                case 2 -> host = text(inner, "http.host");
                case 3 -> path = text(inner, "http.path");
                case 4 -> status = smallNumber(inner, "http.status");
                default -> skip(inner);
            }
        }
        pop(outer);
        return new L7.Http(method, host, path, status);
    }

    private L7.Tls tls(int tag) throws IOException {
        int outer = push(tag, "tls");
        String sni = null;
        for (int inner = tag(); inner != 0; inner = tag()) {
            if (WireFormat.getTagFieldNumber(inner) == 1) {
                sni = text(inner, "tls.sni");
            } else {
                skip(inner);
            }
        }
        pop(outer);
        return new L7.Tls(sni);
    }
}
