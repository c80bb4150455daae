package dev.weir.analytics.detector.flood;

import dev.weir.analytics.detector.Exchanges;
import dev.weir.analytics.detector.Pings;
import dev.weir.analytics.detector.Spread;
import dev.weir.model.Activity;
import dev.weir.model.Span;
import java.util.Collection;
import java.util.function.Function;

/**
 * A measure of a flood, counted slice by slice. Packets of sampled flows are multiplied by the sampling factor;
 * connections are not, since one packet in a thousand is no evidence of a thousand connections. Counts of a long flow
 * are spread over its time.
 *
 * @param what the counted thing, in words
 * @param figure the name in the evidence
 * @param measure the count of one activity
 * @param counts the count of all activities
 * @param least the least count of a flood
 */
record FloodMeasure(String what, String figure, Function<Activity, Spread> measure, Spread counts, double least) {
    /** The most slices, five minutes, of a connection that counts as held: a pool keeps its connections for longer. */
    private static final int HELD_SLICES = 30;

    /** The most bytes each way of a connection that carries hardly any data. */
    private static final long HELD_BYTES = 1_500;

    private static final String UNANSWERED = "unanswered_in_10s";

    private static FloodMeasure of(
            String what,
            String figure,
            Function<Activity, Spread> measure,
            Collection<Activity> activities,
            double least) {
        Spread counts = Spread.whole(0);
        activities.forEach(each -> counts.plus(measure.apply(each)));
        return new FloodMeasure(what, figure, measure, counts, least);
    }

    /** The count of all activities in the latest slice. */
    long count() {
        return counts.latest();
    }

    /** The count of one activity in the latest slice. */
    long count(Activity activity) {
        return measure.apply(activity).latest();
    }

    static FloodMeasure connections(Collection<Activity> activities, double least) {
        return of(
                "connections",
                "connections_in_10s",
                each -> Spread.counted(each, each.connections(), Span::connections),
                activities,
                least);
    }

    /** HTTP requests, of which one connection may carry any number. */
    static FloodMeasure requests(Collection<Activity> activities, double least) {
        return of(
                "HTTP requests",
                "requests_in_10s",
                each -> Spread.whole(each.http() == null ? 0 : each.http().requests()),
                activities,
                least);
    }

    /** Connections that were answered and closed without data. */
    static FloodMeasure onlyOpened(Collection<Activity> activities, double least) {
        return of(
                "connections without data",
                "connections_without_data_in_10s",
                each -> Exchanges.isOnlyOpened(each)
                        ? Spread.counted(each, each.connections(), Span::connections)
                        : Spread.whole(0),
                activities,
                least);
    }

    /**
     * Connections that are held open for less than five minutes with hardly any data, as a client does that sends a
     * request without end (Slowloris). Each counts in all slices that it lasted through.
     */
    static FloodMeasure held(Collection<Activity> activities, double least) {
        return of(
                "connections held open with hardly any data",
                "connections_held_in_10s",
                each -> Spread.counted(
                        each,
                        each.spans().stream().mapToLong(FloodMeasure::held).sum(),
                        FloodMeasure::held),
                activities,
                least);
    }

    private static long held(Span span) {
        boolean isHeld = span.slices() <= HELD_SLICES
                && span.established() > 0
                && span.bytesReceived() > 0
                && span.bytesReceived() <= HELD_BYTES * span.connections()
                && span.bytesSent() <= HELD_BYTES * span.connections();
        return isHeld ? span.connections() * span.slices() : 0;
    }

    /** Pings, answered or not: a monitor sends a few in a second. */
    static FloodMeasure pings(Collection<Activity> activities, double least) {
        return of(
                "pings",
                "pings_in_10s",
                each -> Spread.of(each, Pings.isPing(each) ? each.packetsSent() : null, Span::packetsSent),
                activities,
                least);
    }

    /** Packets of activities without a packet in return. */
    static FloodMeasure unansweredPackets(Collection<Activity> activities, double least) {
        return of("packets without an answer", "packets_in_10s", FloodMeasure::unansweredPackets, activities, least);
    }

    private static Spread unansweredPackets(Activity each) {
        Long received = each.packetsReceived();
        boolean nothingBack = received != null && received == 0;
        return Spread.of(each, nothingBack ? each.packetsSent() : null, Span::packetsSent);
    }

    /** True for a measure that is high in no service that works, however busy it is. */
    boolean isUnanswered() {
        return figure.equals(UNANSWERED);
    }

    /** TCP connections that their sources left open. */
    static FloodMeasure unanswered(Collection<Activity> activities, double least) {
        return of(
                "connections left open",
                UNANSWERED,
                each -> each.protocol().equals("TCP")
                        ? Spread.counted(each, each.unanswered(), span -> span.connections() - span.established())
                        : Spread.whole(0),
                activities,
                least);
    }
}
