package dev.weir.analytics.detector.exfiltration;

import dev.weir.analytics.detector.Eviction;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Spread;
import dev.weir.common.Millis;
import dev.weir.model.Activity;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that one source sent to peers outside, and in bulk to peers inside; or those that a server inside sent in
 * bulk to its clients.
 *
 * @param sinceMs the time since which the source is known
 * @param burst bytes by peer, within the window
 * @param days by peer, the bytes each way in its present day; bounded by {@link Exfiltration}
 */
public record SentBytesState(long sinceMs, Rates burst, Map<String, Day> days) {
    static final double HALF_LIFE_MS = 7.0 * Millis.DAY;
    private static final int MAX_PEERS = 128;

    /**
     * The present day of one peer, which begins with its earliest flow and not at midnight.
     *
     * @param outside true if the peer is outside the cluster
     * @param usual the most bytes sent in a day before, fading
     * @param reported true if a finding was made of this day
     */
    public record Day(long sinceMs, boolean outside, long sent, long received, double usual, boolean reported) {
        /** The usual volume, faded as of a time. */
        double usualAt(long ms) {
            return ms - sinceMs < Millis.DAY ? usual : usual * Math.pow(0.5, (ms - sinceMs) / HALF_LIFE_MS);
        }

        /**
         * The day with further bytes, of which only the part that lies in it counts. The first day begins with the
         * earliest flow, at most a day before now. A day that is over becomes the usual volume; a day that was reported
         * counts half, since it may go on without another finding.
         */
        static Day plus(@Nullable Day day, long sliceMs, boolean outside, Spread sent, Spread received) {
            long lastedMs = Math.min(Math.max(sent.slices(), 1) * Activity.SLICE_MS, Millis.DAY);
            long begunMs = sliceMs + Activity.SLICE_MS - lastedMs;
            if (day == null) {
                return new Day(
                        begunMs, outside, since(begunMs, sliceMs, sent), since(begunMs, sliceMs, received), 0, false);
            }
            if (sliceMs - day.sinceMs() < Millis.DAY) {
                long since = day.usual() > 0 ? day.sinceMs() : Math.min(day.sinceMs(), begunMs);
                return new Day(
                        since,
                        outside,
                        day.sent() + since(since, sliceMs, sent),
                        day.received() + since(since, sliceMs, received),
                        day.usual(),
                        day.reported());
            }
            long since = Math.max(begunMs, day.sinceMs() + Millis.DAY);
            long now = since(since, sliceMs, sent);
            long before = day.sent() + since(day.sinceMs(), sliceMs, sent) - now;
            double most = Math.max(day.usualAt(sliceMs), day.reported() ? before / 2.0 : before);
            return new Day(since, outside, now, since(since, sliceMs, received), most, false);
        }

        /** The same day after a finding. */
        Day asReported() {
            return new Day(sinceMs, outside, sent, received, usual, true);
        }

        private static long since(long ms, long sliceMs, Spread count) {
            return count.within((sliceMs - ms) / Activity.SLICE_MS + 1);
        }
    }

    /**
     * The highest usual volume, in a day or in a burst, to another peer outside that is sent {@code ratio} times the
     * bytes that come back. A source that ships data to one peer may be configured to ship it to another.
     */
    double usualElsewhere(String peer, boolean inADay, double ratio, long nowMs) {
        double most = 0;
        for (Map.Entry<String, Day> each : days.entrySet()) {
            Day day = each.getValue();
            boolean isOneWay = day.outside() && day.sent() >= ratio * day.received();
            if (isOneWay && !each.getKey().equals(peer)) {
                Rates.Edge edge = burst.edges().get(each.getKey());
                double usual = inADay ? day.usualAt(nowMs) : edge == null ? 0 : edge.usual();
                most = Math.max(most, usual);
            }
        }
        return most;
    }

    /** A copy as of a time, without peers whose day began more than three half-lives ago. It can be added to. */
    SentBytesState at(long nowMs, long windowMs) {
        Map<String, Day> kept = new HashMap<>(days);
        kept.values().removeIf(day -> nowMs - day.sinceMs() > 3 * HALF_LIFE_MS);
        return new SentBytesState(sinceMs, burst.at(nowMs, windowMs), kept);
    }

    /** Makes room for a peer among those of its kind, so that peers inside do not evict peers outside. */
    void makeRoom(String peer, boolean outside) {
        Map<String, Day> alike = new HashMap<>(days);
        alike.values().removeIf(day -> day.outside() != outside);
        int before = alike.size();
        Eviction.makeRoom(alike, peer, MAX_PEERS, day -> day.sent() + day.usual());
        if (alike.size() < before) {
            days.entrySet().removeIf(each -> each.getValue().outside() == outside && !alike.containsKey(each.getKey()));
        }
    }

    static SentBytesState since(long ms) {
        return new SentBytesState(ms, Rates.nothing(), new HashMap<>());
    }
}
