package dev.weir.analytics.detector;

import dev.weir.analytics.Distinct;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.Evidence;
import dev.weir.model.Flow;
import dev.weir.model.HttpRequests;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts the parts of an edge's slice together that different tasks, or one task at different times, rolled up. */
public final class Activities {
    private Activities() {}

    /** The sum of two parts with the same slice and {@link Activity#edgeKey()}; the order does not matter. */
    public static Activity merged(Activity a, Activity b) {
        long first = Math.min(a.firstSeenMs(), b.firstSeenMs());
        List<Integer> starts = Stream.concat(starts(a, first), starts(b, first))
                .sorted()
                .limit(Activity.MAX_STARTS)
                .toList();
        List<Flow> samples = Stream.concat(a.samples().stream(), b.samples().stream())
                .sorted(Comparator.comparingLong(Flow::startMs).thenComparing(Flow::toString))
                .limit(Evidence.MAX_FLOWS)
                .toList();
        return new Activity(
                a.sliceMs(),
                a.cluster(),
                a.source().common(b.source()),
                a.destination().common(b.destination()),
                a.port(),
                a.protocol(),
                a.verdict(),
                a.expected() == b.expected() ? a.expected() : null,
                a.outcome(),
                a.decidedBy().equals(b.decidedBy()) ? a.decidedBy() : List.of(),
                a.connections() + b.connections(),
                a.established() + b.established(),
                a.refused() + b.refused(),
                a.unanswered() + b.unanswered(),
                sum(a.bytesSent(), b.bytesSent()),
                sum(a.bytesReceived(), b.bytesReceived()),
                sum(a.packetsSent(), b.packetsSent()),
                sum(a.packetsReceived(), b.packetsReceived()),
                first,
                Math.max(a.lastSeenMs(), b.lastSeenMs()),
                starts,
                Math.max(a.sampling(), b.sampling()),
                a.cleartext() + b.cleartext(),
                dns(a.dns(), b.dns()),
                http(a.http(), b.http()),
                samples);
    }

    private static Stream<Integer> starts(Activity part, long first) {
        int shift = (int) (part.firstSeenMs() - first);
        return part.startsMs().stream().map(offset -> offset + shift);
    }

    private static List<DnsQueries> dns(List<DnsQueries> a, List<DnsQueries> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? b : a;
        }
        TreeMap<String, DnsQueries> byDomain = new TreeMap<>();
        Stream.concat(a.stream(), b.stream()).forEach(each -> byDomain.merge(each.domain(), each, Activities::merged));
        return byDomain.values().stream().limit(Activity.MAX_DOMAINS).toList();
    }

    private static DnsQueries merged(DnsQueries a, DnsQueries b) {
        return new DnsQueries(
                a.domain(),
                a.queries() + b.queries(),
                a.failed() + b.failed(),
                a.bulky() + b.bulky(),
                a.nameBytes() + b.nameBytes(),
                Distinct.merged(a.names(), b.names()));
    }

    private static @Nullable HttpRequests http(@Nullable HttpRequests a, @Nullable HttpRequests b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return new HttpRequests(
                a.requests() + b.requests(), a.failed() + b.failed(), Distinct.merged(a.paths(), b.paths()));
    }

    private static @Nullable Long sum(@Nullable Long a, @Nullable Long b) {
        if (a == null) {
            return b;
        }
        return b == null ? a : (Long) (a + b);
    }
}
