package dev.weir.analytics;

import dev.weir.common.Nullables;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.Evidence;
import dev.weir.model.Flow;
import dev.weir.model.HttpRequests;
import dev.weir.model.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Merges the parts of an edge's slice that different tasks, or one task at different times, rolled up. */
public final class ActivityMerger {
    /**
     * Earliest flows first, since those are kept as samples. The order is total, so that the result does not depend on
     * the order of arrival.
     */
    public static final Comparator<Flow> EARLIEST = Comparator.comparingLong(Flow::startMs)
            .thenComparingLong(Flow::endMs)
            .thenComparing(flow -> flow.source().port(), Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Flow::toString);

    private ActivityMerger() {}

    /** The sum of two parts with the same slice and {@link Activity#edgeKey()}; the order does not matter. */
    public static Activity merged(Activity a, Activity b) {
        long first = Math.min(a.firstSeenMs(), b.firstSeenMs());
        List<Integer> starts = earliest(
                countsBeside(a, b) ? starts(a, first) : List.of(),
                countsBeside(b, a) ? starts(b, first) : List.of(),
                Comparator.naturalOrder(),
                Activity.MAX_STARTS);
        List<Flow> samples = earliest(a.samples(), b.samples(), EARLIEST, Evidence.MAX_FLOWS);
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
                spans(a.spans(), b.spans()),
                Math.max(a.sampling(), b.sampling()),
                Math.max(a.lostPercent(), b.lostPercent()),
                a.cleartext() + b.cleartext(),
                dns(a.dns(), b.dns()),
                Nullables.combined(a.http(), b.http(), ActivityMerger::merged),
                a.requestsAlone() + b.requestsAlone(),
                a.outside().and(b.outside()),
                samples);
    }

    /** False for the starts of a part that has requests alone, where the other part has the connections. */
    private static boolean countsBeside(Activity part, Activity other) {
        return part.connections() > part.requestsAlone() || other.connections() == other.requestsAlone();
    }

    private static List<Integer> starts(Activity part, long first) {
        int shift = (int) (part.firstSeenMs() - first);
        if (shift == 0) {
            return part.startsMs();
        }
        List<Integer> shifted = new ArrayList<>(part.startsMs().size());
        for (int offset : part.startsMs()) {
            shifted.add(offset + shift);
        }
        return shifted;
    }

    /** The first elements of two sorted lists, in order. */
    private static <T> List<T> earliest(List<T> a, List<T> b, Comparator<T> order, int most) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? b : a;
        }
        int size = Math.min(most, a.size() + b.size());
        List<T> merged = new ArrayList<>(size);
        int i = 0;
        int j = 0;
        while (merged.size() < size) {
            boolean isOfA = j == b.size() || (i < a.size() && order.compare(a.get(i), b.get(j)) <= 0);
            merged.add(isOfA ? a.get(i++) : b.get(j++));
        }
        return merged;
    }

    private static List<Span> spans(List<Span> a, List<Span> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? b : a;
        }
        TreeMap<Integer, Span> bySlices = new TreeMap<>();
        Stream.concat(a.stream(), b.stream()).forEach(each -> bySlices.merge(each.slices(), each, Span::plus));
        return List.copyOf(bySlices.values());
    }

    private static List<DnsQueries> dns(List<DnsQueries> a, List<DnsQueries> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? b : a;
        }
        TreeMap<String, DnsQueries> byDomain = new TreeMap<>();
        Stream.concat(a.stream(), b.stream())
                .forEach(each -> byDomain.merge(each.domain(), each, ActivityMerger::merged));
        if (byDomain.size() <= Activity.MAX_DOMAINS) {
            return List.copyOf(byDomain.values());
        }
        return byDomain.values().stream()
                .sorted(Comparator.comparingLong(DnsQueries::nameBytes)
                        .reversed()
                        .thenComparing(DnsQueries::domain))
                .limit(Activity.MAX_DOMAINS)
                .sorted(Comparator.comparing(DnsQueries::domain))
                .toList();
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

    private static HttpRequests merged(HttpRequests a, HttpRequests b) {
        return new HttpRequests(
                a.requests() + b.requests(),
                a.failed() + b.failed(),
                a.unauthorized() + b.unauthorized(),
                Distinct.merged(a.paths(), b.paths()));
    }

    private static @Nullable Long sum(@Nullable Long a, @Nullable Long b) {
        return Nullables.combined(a, b, Long::sum);
    }
}
