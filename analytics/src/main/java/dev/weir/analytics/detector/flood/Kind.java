package dev.weir.analytics.detector.flood;

import dev.weir.model.Activity;
import java.util.Collection;
import java.util.function.ToLongFunction;

/**
 * What floods are made of, counted over one slice. Sampled flows stand for as many as the rate says.
 *
 * @param what is counted
 * @param figure by which name the evidence has it
 * @param measure how much one activity has of it
 * @param count how much all have
 * @param least how many make a flood
 */
record Kind(String what, String figure, ToLongFunction<Activity> measure, long count, double least) {
    private static final String UNANSWERED = "unanswered_in_10s";

    private static Kind of(
            String what,
            String figure,
            ToLongFunction<Activity> measure,
            Collection<Activity> activities,
            double least) {
        return new Kind(
                what, figure, measure, activities.stream().mapToLong(measure).sum(), least);
    }

    static Kind connections(Collection<Activity> activities, double least) {
        return of("connections", "connections_in_10s", each -> each.connections() * each.sampling(), activities, least);
    }

    /** Of those to whom nothing came back. */
    static Kind unansweredPackets(Collection<Activity> activities, double least) {
        return of("packets without an answer", "packets_in_10s", Kind::unansweredPackets, activities, least);
    }

    static long unansweredPackets(Activity each) {
        Long sent = each.packetsSent();
        Long received = each.packetsReceived();
        boolean nothingBack = received != null && received == 0;
        return sent != null && nothingBack ? sent * each.sampling() : 0;
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
                each -> each.protocol().equals("TCP") ? each.unanswered() * each.sampling() : 0,
                activities,
                least);
    }
}
