package dev.weir.analytics.detector.flood;

import dev.weir.analytics.detector.Spread;
import dev.weir.model.Activity;
import dev.weir.model.Span;
import java.util.Collection;
import java.util.function.Function;

/**
 * What floods are made of, counted slice by slice. Packets of sampled flows stand for as many as the rate says; connections do not, since
 * one packet in a thousand says nothing of a thousand connections. What flows that lasted carried belongs to all of their time.
 *
 * @param what is counted
 * @param figure by which name the evidence has it
 * @param measure how much one activity has of it
 * @param counts how much all have
 * @param least how many make a flood
 */
record Kind(String what, String figure, Function<Activity, Spread> measure, Spread counts, double least) {
    private static final String UNANSWERED = "unanswered_in_10s";

    private static Kind of(
            String what,
            String figure,
            Function<Activity, Spread> measure,
            Collection<Activity> activities,
            double least) {
        Spread counts = Spread.whole(0);
        activities.forEach(each -> counts.plus(measure.apply(each)));
        return new Kind(what, figure, measure, counts, least);
    }

    /** How much all have in the latest slice. */
    long count() {
        return counts.latest();
    }

    /** How much one of them has in the latest slice. */
    long count(Activity activity) {
        return measure.apply(activity).latest();
    }

    static Kind connections(Collection<Activity> activities, double least) {
        return of(
                "connections",
                "connections_in_10s",
                each -> Spread.counted(each, each.connections(), Span::connections),
                activities,
                least);
    }

    /** Of those to whom nothing came back. */
    static Kind unansweredPackets(Collection<Activity> activities, double least) {
        return of("packets without an answer", "packets_in_10s", Kind::unansweredPackets, activities, least);
    }

    private static Spread unansweredPackets(Activity each) {
        Long received = each.packetsReceived();
        boolean nothingBack = received != null && received == 0;
        return Spread.of(each, nothingBack ? each.packetsSent() : null, Span::packetsSent);
    }

    /** Whether it is what no service has, however busy it is. */
    boolean isUnanswered() {
        return figure.equals(UNANSWERED);
    }

    /** Of TCP, left open by whoever asked for them. */
    static Kind unanswered(Collection<Activity> activities, double least) {
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
