package dev.weir.analytics.detector.beaconing;

import dev.weir.analytics.detector.Quantiles;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The regularity of a contact, from 0 to 1: the mean of four parts, as RITA (Active Countermeasures) scores beacons.
 *
 * @param time likeness of the intervals: the mean of 1 - |Bowley's skewness| and 1 - MAD / median
 * @param size the same of the bytes sent
 * @param evenness of contacts over the time: 1 - coefficient of variation of the counts by bins
 * @param coverage share of the bins with contact, which are of ten minutes, and longer for slower contact
 */
record Rhythm(double time, double size, double evenness, double coverage) {
    static Rhythm of(Contacts.Contact contact, long nowMs) {
        long oldest = contact.bins().keySet().stream()
                .mapToLong(Long::longValue)
                .min()
                .orElse(nowMs);
        long binMs = binMs(contact.intervalsMs());
        Map<Long, Long> counts = new HashMap<>();
        contact.bins().forEach((bin, count) -> counts.merge((bin - oldest) / binMs, count, Long::sum));
        // The bin of the latest contact has begun, however short it is yet.
        int bins = (int) (Math.max(0, nowMs - oldest) / binMs + 1);
        return new Rhythm(
                alike(contact.intervalsMs()),
                alike(contact.sizes()),
                evenness(counts, bins),
                Math.min(1, counts.size() / (double) bins));
    }

    /** The length of a bin: a multiple of that in which contacts are kept, and long enough for two contacts. */
    private static long binMs(Collection<Long> intervalsMs) {
        double[] sorted =
                intervalsMs.stream().mapToDouble(Long::doubleValue).sorted().toArray();
        double two = sorted.length == 0 ? 0 : 2 * Quantiles.of(sorted, 0.5);
        return Contacts.BIN_MS * Math.max(1, (long) Math.ceil(two / Contacts.BIN_MS));
    }

    double score() {
        return (time + size + evenness + coverage) / 4;
    }

    private static double alike(Collection<Long> values) {
        if (values.size() < 4) {
            return 0;
        }
        double[] sorted =
                values.stream().mapToDouble(Long::doubleValue).sorted().toArray();
        double q1 = Quantiles.of(sorted, 0.25);
        double median = Quantiles.of(sorted, 0.5);
        double q3 = Quantiles.of(sorted, 0.75);
        double spread = q3 - q1;
        double skew = spread < 10 || median == q1 || median == q3 ? 0 : (q1 + q3 - 2 * median) / spread;
        double[] deviations = Arrays.stream(sorted)
                .map(value -> Math.round(Math.abs(value - median)))
                .sorted()
                .toArray();
        double mad = median == 0 ? 0 : Math.max(0, 1 - Quantiles.of(deviations, 0.5) / median);
        return (1 - Math.abs(skew) + mad) / 2;
    }

    private static double evenness(Map<Long, Long> counts, int bins) {
        double mean = counts.values().stream().mapToLong(Long::longValue).sum() / (double) bins;
        double squares = (bins - counts.size()) * mean * mean;
        for (long count : counts.values()) {
            squares += (count - mean) * (count - mean);
        }
        return mean == 0 ? 0 : Math.max(0, 1 - Math.sqrt(squares / bins) / mean);
    }
}
