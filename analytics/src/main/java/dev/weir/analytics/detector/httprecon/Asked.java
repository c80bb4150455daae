package dev.weir.analytics.detector.httprecon;

import dev.weir.analytics.detector.Rates;
import java.util.Map;

/**
 * What one source asked web servers for.
 *
 * @param sinceMs since when the source is known
 * @param servers by server, the requests of its present window; bounded by {@link HttpRecon}
 * @param bursts connections by server
 */
public record Asked(long sinceMs, Map<String, Window> servers, Rates bursts) {
    /**
     * @param paths theta sketch
     */
    public record Window(long sinceMs, long requests, long failed, byte[] paths) {}
}
