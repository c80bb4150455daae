package dev.weir.analytics.detector.exfiltration;

import dev.weir.analytics.detector.Bounds;
import dev.weir.analytics.detector.Rates;
import java.util.HashMap;
import java.util.Map;

/**
 * What one source sent to peers outside, and in bulk to peers inside.
 *
 * @param sinceMs since when the source is known
 * @param burst bytes by peer, within the window
 * @param days by peer, what went each way in the present day of it; bounded by {@link Exfiltration}
 */
public record Sent(long sinceMs, Rates burst, Map<String, Day> days) {
    static final long DAY_MS = 86_400_000;
    static final double HALF_LIFE_MS = 7.0 * DAY_MS;
    private static final int MAX_PEERS = 128;

    /**
     * @param outside whether the peer is outside
     * @param usual bytes sent in a day before, the most that was, fading
     */
    public record Day(long sinceMs, boolean outside, long sent, long received, double usual, boolean reported) {
        /** As much of the usual as counts at a time. */
        double usualAt(long ms) {
            return ms - sinceMs < DAY_MS ? usual : usual * Math.pow(0.5, (ms - sinceMs) / HALF_LIFE_MS);
        }
    }

    /**
     * The most that was usual in a day, or in a burst, for another peer outside that is sent so many times what comes back: whoever ships
     * data ships it wherever it is told to.
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

    /** A copy as of a time, without those that nothing was sent to for so long that it does not matter, ready to be added to. */
    Sent at(long nowMs, long windowMs) {
        Map<String, Day> kept = new HashMap<>(days);
        kept.values().removeIf(day -> nowMs - day.sinceMs() > 3 * HALF_LIFE_MS);
        return new Sent(sinceMs, burst.at(nowMs, windowMs), kept);
    }

    /** Makes room for a peer among those of its kind, so that who is inside does not push out who is outside. */
    void makeRoom(String peer, boolean outside) {
        Map<String, Day> alike = new HashMap<>(days);
        alike.values().removeIf(day -> day.outside() != outside);
        int before = alike.size();
        Bounds.makeRoom(alike, peer, MAX_PEERS, day -> day.sent() + day.usual());
        if (alike.size() < before) {
            days.entrySet().removeIf(each -> each.getValue().outside() == outside && !alike.containsKey(each.getKey()));
        }
    }

    static Sent since(long ms) {
        return new Sent(ms, Rates.nothing(), new HashMap<>());
    }
}
