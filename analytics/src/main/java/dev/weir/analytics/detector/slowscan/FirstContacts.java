package dev.weir.analytics.detector.slowscan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whom a source contacted for the first time, and how that went.
 *
 * @param met by destination, when it was first contacted; bounded by {@link SlowScan}
 * @param open of those, since when nobody has answered
 * @param failed the latest that came to nothing since the score was 0
 * @param failedMs when the first of those was contacted
 * @param score log likelihood of a scanner against that of anybody else, never below 0
 */
public record FirstContacts(
        Map<String, Long> met,
        Map<String, Long> open,
        List<String> failed,
        long failures,
        long failedMs,
        double score) {

    static FirstContacts nobody() {
        return new FirstContacts(new HashMap<>(), new HashMap<>(), new ArrayList<>(), 0, Long.MAX_VALUE, 0);
    }
}
