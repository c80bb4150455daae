package dev.weir.analytics.detector.dnstunnel;

import dev.weir.analytics.detector.Rates;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The DNS questions of one source.
 *
 * @param domains the questions of the present window, by domain; bounded by {@link DnsTunnel}
 * @param usual the usual rates of different names, by domain, and of large packets, by server
 * @param slow questions of the present longer window, for domains whose names are long; null in an older state
 */
public record Questions(
        Map<String, Window> domains, Rates usual, @Nullable Map<String, Window> slow) {
    /**
     * The questions for one domain in one window.
     *
     * @param bulky questions for record types that carry data
     * @param nameBytes total length of the names before the domain
     * @param names theta sketch
     */
    public record Window(long sinceMs, long queries, long bulky, long nameBytes, byte[] names) {
        /** The mean number of characters before the domain. */
        double nameLength() {
            return nameBytes / (double) queries;
        }

        /** The share of the questions for record types that carry data. */
        double bulkyShare() {
            return bulky / (double) queries;
        }
    }

    static Questions none() {
        return new Questions(new HashMap<>(), Rates.nothing(), Map.of());
    }
}
