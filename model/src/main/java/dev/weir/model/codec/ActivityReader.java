package dev.weir.model.codec;

import com.google.protobuf.WireFormat;
import dev.weir.model.Activity;
import dev.weir.model.ClusterNetworks;
import dev.weir.model.DnsQueries;
import dev.weir.model.Entity;
import dev.weir.model.Expected;
import dev.weir.model.HttpRequests;
import dev.weir.model.Outside;
import dev.weir.model.PolicyRef;
import dev.weir.model.Span;
import dev.weir.model.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads the protobuf form of an activity. */
final class ActivityReader extends ProtoReader {
    private static final Verdict[] VERDICTS = Verdict.values();
    private static final Expected[] EXPECTED = Expected.values();
    private static final Outside[] OUTSIDE = Outside.values();
    private static final byte[] NOTHING = new byte[0];

    ActivityReader(byte[] value, ProtoCache cache) {
        super(value, cache);
    }

    Activity activity() throws IOException {
        long slice = 0;
        String cluster = null;
        Entity source = null;
        Entity destination = null;
        Integer port = null;
        String protocol = null;
        Verdict verdict = null;
        Expected expected = null;
        String outcome = null;
        List<PolicyRef> decidedBy = new ArrayList<>(2);
        long connections = 0;
        long established = 0;
        long refused = 0;
        long unanswered = 0;
        Long bytesSent = null;
        Long bytesReceived = null;
        Long packetsSent = null;
        Long packetsReceived = null;
        long firstSeen = 0;
        long lastSeen = 0;
        Ints starts = new Ints();
        List<Span> spans = new ArrayList<>(0);
        int sampling = 1;
        int lostPercent = 0;
        long cleartext = 0;
        List<DnsQueries> dns = new ArrayList<>(0);
        HttpRequests http = null;
        long requestsAlone = 0;
        Outside outside = null;
        LazyFlows samples = new LazyFlows(value, cache);
        for (int tag = tag(); tag != 0; tag = tag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> slice = number(tag, "slice_ms");
                case 2 -> cluster = text(tag, "cluster");
                case 3 -> source = entity(tag, "source");
                case 4 -> destination = entity(tag, "destination");
                case 5 -> port = smallNumber(tag, "port");
                case 6 -> protocol = text(tag, "protocol");
                case 7 -> verdict = oneOf(tag, "verdict", VERDICTS);
                case 8 -> expected = oneOf(tag, "expected", EXPECTED);
                case 9 -> outcome = text(tag, "outcome");
                case 10 -> decidedBy.add(policy(tag));
                case 11 -> connections = number(tag, "connections");
                case 12 -> established = number(tag, "established");
                case 13 -> refused = number(tag, "refused");
                case 14 -> unanswered = number(tag, "unanswered");
                case 15 -> bytesSent = number(tag, "bytes_sent");
                case 16 -> bytesReceived = number(tag, "bytes_received");
                case 17 -> packetsSent = number(tag, "packets_sent");
                case 18 -> packetsReceived = number(tag, "packets_received");
                case 19 -> firstSeen = number(tag, "first_seen_ms");
                case 20 -> lastSeen = number(tag, "last_seen_ms");
                case 21 -> starts(tag, starts);
                case 22 -> sampling = smallNumber(tag, "sampling");
                case 23 -> cleartext = number(tag, "cleartext");
                case 24 -> dns.add(dns(tag));
                case 25 -> http = http(tag);
                case 26 -> {
                    int outer = push(tag, "samples");
                    samples.addRange(at, limit);
                    pop(outer);
                }
                case 27 -> lostPercent = smallNumber(tag, "lost_percent");
                case 28 -> spans.add(span(tag));
                case 29 -> requestsAlone = number(tag, "requests_alone");
                case 30 -> outside = oneOf(tag, "outside", OUTSIDE);
                default -> skip(tag);
            }
        }
        Entity from = required("source", source);
        Entity to = required("destination", destination);
        return new Activity(
                slice,
                cluster,
                from,
                to,
                port,
                required("protocol", protocol),
                required("verdict", verdict),
                expected,
                outcome,
                decidedBy,
                connections,
                established,
                refused,
                unanswered,
                bytesSent,
                bytesReceived,
                packetsSent,
                packetsReceived,
                firstSeen,
                lastSeen,
                starts,
                spans,
                sampling,
                lostPercent,
                cleartext,
                dns,
                http,
                requestsAlone,
                // An earlier version did not write it.
                outside == null ? ClusterNetworks.outside(from, to, samples) : outside,
                samples);
    }

    private Entity entity(int tag, String side) throws IOException {
        int outer = push(tag, side);
        int from = at;
        Entity known = cache == null ? null : cache.entity(value, from, limit);
        if (known != null) {
            pop(outer);
            return known;
        }
        Entity read = entity();
        if (cache != null) {
            cache.put(value, from, limit, read);
        }
        pop(outer);
        return read;
    }

    private Entity entity() throws IOException {
        String namespace = null;
        String workload = null;
        String workloadKind = null;
        String pod = null;
        String ip = null;
        String node = null;
        String service = null;
        List<String> names = null;
        for (int inner = tag(); inner != 0; inner = tag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
                case 1 -> namespace = text(inner, "namespace");
                case 2 -> workload = text(inner, "workload");
                case 3 -> workloadKind = text(inner, "workload_kind");
                case 4 -> pod = text(inner, "pod");
                case 5 -> ip = text(inner, "ip");
                case 6 -> node = text(inner, "node");
                case 7 -> service = text(inner, "service");
                case 8 -> names = add(names, text(inner, "names"));
                default -> skip(inner);
            }
        }
        return new Entity(namespace, workload, workloadKind, pod, ip, node, service, names);
    }

    private PolicyRef policy(int tag) throws IOException {
        int outer = push(tag, "decided_by");
        String kind = "";
        String namespace = null;
        String name = "";
        String rule = null;
        for (int inner = tag(); inner != 0; inner = tag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
                case 1 -> kind = textOrNone(inner, "decided_by.kind");
                case 2 -> namespace = text(inner, "decided_by.namespace");
                case 3 -> name = textOrNone(inner, "decided_by.name");
                case 4 -> rule = text(inner, "decided_by.rule");
                default -> skip(inner);
            }
        }
        pop(outer);
        return new PolicyRef(kind, namespace, name, rule);
    }

    private String textOrNone(int tag, String field) throws IOException {
        return Objects.requireNonNullElse(text(tag, field), "");
    }

    private void starts(int tag, Ints starts) throws IOException {
        int outer = push(tag, "starts_ms");
        int numbers = 0;
        for (int i = at; i < limit; i++) {
            numbers += value[i] >= 0 ? 1 : 0;
        }
        starts.reserve(numbers);
        while (at < limit) {
            starts.append((int) varint());
        }
        pop(outer);
    }

    private Span span(int tag) throws IOException {
        int outer = push(tag, "spans");
        int slices = 1;
        long connections = 0;
        long established = 0;
        long bytesSent = 0;
        long bytesReceived = 0;
        long packetsSent = 0;
        long packetsReceived = 0;
        for (int inner = tag(); inner != 0; inner = tag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
                case 1 -> slices = Math.max(1, smallNumber(inner, "spans.slices"));
                case 2 -> established = number(inner, "spans.established");
                case 3 -> bytesSent = number(inner, "spans.bytes_sent");
                case 4 -> bytesReceived = number(inner, "spans.bytes_received");
                case 5 -> packetsSent = number(inner, "spans.packets_sent");
                case 6 -> packetsReceived = number(inner, "spans.packets_received");
                case 7 -> connections = number(inner, "spans.connections");
                default -> skip(inner);
            }
        }
        pop(outer);
        // An earlier version wrote only the established connections.
        long all = Math.max(connections, established);
        return new Span(slices, all, established, bytesSent, bytesReceived, packetsSent, packetsReceived);
    }

    private DnsQueries dns(int tag) throws IOException {
        int outer = push(tag, "dns");
        String domain = null;
        long queries = 0;
        long failed = 0;
        long bulky = 0;
        long nameBytes = 0;
        byte[] names = NOTHING;
        for (int inner = tag(); inner != 0; inner = tag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
                case 1 -> domain = text(inner, "dns.domain");
                case 2 -> queries = number(inner, "dns.queries");
                case 3 -> failed = number(inner, "dns.failed");
                case 4 -> bulky = number(inner, "dns.bulky");
                case 5 -> nameBytes = number(inner, "dns.name_bytes");
                case 6 -> names = bytes(inner, "dns.names");
                default -> skip(inner);
            }
        }
        pop(outer);
        return new DnsQueries(required("dns.domain", domain), queries, failed, bulky, nameBytes, names);
    }

    private HttpRequests http(int tag) throws IOException {
        int outer = push(tag, "http");
        long requests = 0;
        long failed = 0;
        long unauthorized = 0;
        byte[] paths = NOTHING;
        for (int inner = tag(); inner != 0; inner = tag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
                case 1 -> requests = number(inner, "http.requests");
                case 2 -> failed = number(inner, "http.failed");
                case 3 -> paths = bytes(inner, "http.paths");
                case 4 -> unauthorized = number(inner, "http.unauthorized");
                default -> skip(inner);
            }
        }
        pop(outer);
        return new HttpRequests(requests, failed, unauthorized, paths);
    }
}
