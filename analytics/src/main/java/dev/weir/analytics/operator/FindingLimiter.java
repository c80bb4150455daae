package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.common.Millis;
import dev.weir.model.Entity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Limits the alerts that findings begin in a day of event time, since senders of flows can forge addresses and claim
 * names without end. Of one source, each detector has {@value #MAX_OF_SOURCE} alerts; of all bare addresses, {@value
 * #MAX_ADDRESSES}; of all other sources, {@value #MAX_NAMES}. Findings beyond that share one alert that grows: of their
 * source while sources have room, else of several. For one thread.
 */
final class FindingLimiter {
    static final int MAX_OF_SOURCE = 200;
    static final int MAX_ADDRESSES = 1_000;
    static final int MAX_NAMES = 5_000;

    private static final String OTHERS = "others";

    private final Map<String, OfDetector> detectors = new HashMap<>();
    private long day = Long.MIN_VALUE;
    private long shared;

    /** The alerts of one detector that began on the day. */
    private static final class OfDetector {
        private final Set<String> addresses = new HashSet<>();
        private final Set<String> names = new HashSet<>();
        private final Map<String, Integer> bySource = new HashMap<>();

        private Set<String> alerts(Entity source) {
            return source.isAddress() ? addresses : names;
        }

        private boolean hasRoom(Entity source) {
            return alerts(source).size() < (source.isAddress() ? MAX_ADDRESSES : MAX_NAMES);
        }
    }

    /** The finding, or its like that shares an alert with others. */
    Finding limited(Finding finding) {
        long today = Math.floorDiv(finding.lastSeenMs(), Millis.DAY);
        if (today > day) {
            detectors.clear();
            day = today;
        }
        OfDetector known = detectors.computeIfAbsent(finding.detector(), detector -> new OfDetector());
        if (isNamed(finding, known)) {
            return finding;
        }
        shared++;
        Finding ofSource = ofSeveral(finding, finding.source());
        return isNamed(ofSource, known) ? ofSource : ofSeveral(finding, Entity.unnamed());
    }

    /** True if the finding has an alert of its own, which may begin with it. */
    private static boolean isNamed(Finding finding, OfDetector known) {
        Entity source = finding.source();
        String fingerprint = finding.fingerprint();
        if (known.alerts(source).contains(fingerprint)) {
            return true;
        }
        boolean isShared = finding.subject().equals(OTHERS);
        int before = known.bySource.getOrDefault(source.key(), 0);
        // The shared alert of a source follows those that it has by itself.
        if (!known.hasRoom(source) || isShared != (before == MAX_OF_SOURCE) || before > MAX_OF_SOURCE) {
            return false;
        }
        known.bySource.put(source.key(), before + 1);
        return known.alerts(source).add(fingerprint);
    }

    private static Finding ofSeveral(Finding finding, Entity source) {
        String whose = source.key().equals(Entity.UNNAMED) ? "several sources" : source.display();
        return finding.toBuilder()
                .subject(OTHERS)
                .source(source)
                .destination(Entity.unnamed())
                .title("Further findings of " + finding.detector() + " about " + whose)
                .summary("More alerts of " + finding.detector()
                        + " began on this day than are kept one by one, so that " + "further findings about " + whose
                        + " share this one. The latest: " + finding.title() + ".")
                .build();
    }

    /** The number of findings that were given to a shared alert. */
    long shared() {
        return shared;
    }
}
