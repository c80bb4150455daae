package dev.weir.analytics.detector.exfiltration;

import dev.weir.analytics.detector.Rates;
import java.util.HashMap;
import java.util.Map;

/**
 * What one source sent to peers outside.
 *
 * @param burst bytes by peer, within the window
 * @param days by peer, what went each way in the present day of it; bounded by {@link Exfiltration}
 */
public record Sent(Rates burst, Map<String, Day> days) {
    /**
     * @param usual bytes sent in a day before, the most that was, fading
     */
    public record Day(long sinceMs, long sent, long received, double usual, boolean reported) {}

    static Sent nothing() {
        return new Sent(Rates.nothing(), new HashMap<>());
    }
}
