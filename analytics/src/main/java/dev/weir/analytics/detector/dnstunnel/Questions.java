package dev.weir.analytics.detector.dnstunnel;

import dev.weir.analytics.detector.Rates;
import java.util.HashMap;
import java.util.Map;

/**
 * What one source asked DNS.
 *
 * @param domains by domain, the questions of its present window; bounded by {@link DnsTunnel}
 * @param usual different names by domain, and large packets by server
 */
public record Questions(Map<String, Window> domains, Rates usual) {
    /**
     * @param names theta sketch
     */
    public record Window(long sinceMs, long queries, long bulky, long nameBytes, byte[] names) {}

    static Questions none() {
        return new Questions(new HashMap<>(), Rates.nothing());
    }
}
