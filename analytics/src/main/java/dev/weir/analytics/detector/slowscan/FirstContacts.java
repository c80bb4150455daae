package dev.weir.analytics.detector.slowscan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The destinations that a source contacted for the first time, and the results.
 *
 * @param met the first contact, by destination; bounded by {@link SlowScan}
 * @param open the first contact without an answer, by destination, of those that are not decided yet
 * @param failed the latest failed destinations since the score was 0
 * @param failures the number of failed first contacts since the score was 0
 * @param failedMs the first of those contacts
 * @param score log likelihood of a scanner against that of an ordinary source, never below 0
 */
public record FirstContacts(
        Map<String, Long> met,
        Map<String, Long> open,
        List<String> failed,
        long failures,
        long failedMs,
        double score) {

    static FirstContacts none() {
        return new FirstContacts(new HashMap<>(), new HashMap<>(), new ArrayList<>(), 0, Long.MAX_VALUE, 0);
    }
}
