package dev.weir.analytics.detector.exfiltration;

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
    /**
     * @param usual bytes sent in a day before, the most that was, fading
     */
    public record Day(long sinceMs, long sent, long received, double usual, boolean reported) {}

    /**
     * The most that was usual in a day, or in a burst, for another peer that is sent so many times what comes back: whoever ships
     * data ships it wherever it is told to.
     */
    double usualElsewhere(String peer, boolean inADay, double ratio) {
        double most = 0;
        for (Map.Entry<String, Day> each : days.entrySet()) {
            boolean isOneWay = each.getValue().sent() >= ratio * each.getValue().received();
            if (isOneWay && !each.getKey().equals(peer)) {
                Rates.Edge edge = burst.edges().get(each.getKey());
                double usual = inADay ? each.getValue().usual() : edge == null ? 0 : edge.usual();
                most = Math.max(most, usual);
            }
        }
        return most;
    }

    static Sent since(long ms) {
        return new Sent(ms, Rates.nothing(), new HashMap<>());
    }
}
