package dev.weir.analytics.detector.httprecon;

import dev.weir.analytics.detector.Rates;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one source to web servers.
 *
 * @param sinceMs the time since which the source is known
 * @param servers the requests of the present window, by server; bounded by {@link HttpRecon}
 * @param bursts connections by server
 * @param slow the requests of the present longer window, by server; null in an older state
 * @param slowest those of a source outside in the present longest window, by server; null in an older state
 */
public record WebRequestState(
        long sinceMs,
        Map<String, Window> servers,
        Rates bursts,
        @Nullable Map<String, Window> slow,
        @Nullable Map<String, Window> slowest) {
    /**
     * The requests to one server in one window.
     *
     * @param failed those that were answered with 4xx
     * @param paths theta sketch
     */
    public record Window(long sinceMs, long requests, long failed, byte[] paths) {}
}
