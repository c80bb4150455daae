package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.common.Millis;
import dev.weir.model.Entity;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

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
        /** The key of the source of each alert, by its fingerprint. */
        private final Map<String, String> sources = new LinkedHashMap<>();

        private final Map<String, Integer> bySource = new HashMap<>();
        private int addresses;

        private boolean hasRoom(boolean isAddress) {
            return isAddress ? addresses < MAX_ADDRESSES : sources.size() - addresses < MAX_NAMES;
        }

        private int of(String source) {
            return bySource.getOrDefault(source, 0);
        }

        private void add(String fingerprint, String source) {
            if (sources.put(fingerprint, source) == null) {
                bySource.merge(source, 1, Integer::sum);
                addresses += Entity.isKeyOfAddress(source) ? 1 : 0;
            }
        }
    }

    /** The finding, or its like that shares an alert with others. */
    Finding limited(Finding finding) {
        begin(Math.floorDiv(finding.lastSeenMs(), Millis.DAY));
        OfDetector known = detectors.computeIfAbsent(finding.detector(), detector -> new OfDetector());
        if (isNamed(finding, known)) {
            return finding;
        }
        shared++;
        Finding ofSource = ofSeveral(finding, finding.source());
        return isNamed(ofSource, known) ? ofSource : ofSeveral(finding, Entity.unnamed());
    }

    /** Begins a day, unless it or a later one has begun. */
    private void begin(long today) {
        if (today > day) {
            detectors.clear();
            day = today;
        }
    }

    /** True if the finding has an alert of its own, which may begin with it. */
    private static boolean isNamed(Finding finding, OfDetector known) {
        String fingerprint = finding.fingerprint();
        if (known.sources.containsKey(fingerprint)) {
            return true;
        }
        String source = finding.source().key();
        boolean isShared = finding.subject().equals(OTHERS);
        // The shared alert of a source follows those that it has by itself.
        boolean isInTurn = isShared ? known.of(source) == MAX_OF_SOURCE : known.of(source) < MAX_OF_SOURCE;
        if (!isInTurn || !known.hasRoom(finding.source().isAddress())) {
            return false;
        }
        known.add(fingerprint, source);
        return true;
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

    /** Writes the alerts of the day as text, one by one. */
    void write(Consumer<String> out) {
        detectors.forEach((detector, known) -> known.sources.forEach(
                (fingerprint, source) -> out.accept(String.join("|", "" + day, detector, fingerprint, source))));
    }

    /** Reads what {@link #write} wrote, in this task or another one, in any order. */
    void read(String written) {
        String[] parts = written.split("\\|", 4);
        long ofDay = Long.parseLong(parts[0]);
        begin(ofDay);
        if (ofDay == day) {
            detectors.computeIfAbsent(parts[1], detector -> new OfDetector()).add(parts[2], parts[3]);
        }
    }
}
