package dev.weir.analytics.detector.beaconing;

import dev.weir.analytics.detector.Quantiles;
import java.util.List;

/**
 * The intervals between attempts that had no answer.
 *
 * @param medianMs of the intervals
 * @param evidence logarithm of the likelihood that the intervals come from a schedule (a gamma distribution of the
 *     shape that fits best) against that of chance (an exponential one of the same mean)
 * @param backsOff true if the later intervals are longer than the earlier ones, or than those of the beginning
 */
record UnansweredAttempts(double medianMs, double evidence, boolean backsOff) {
    /** The evidence that suffices; chance has it once in some hundred thousand peers. */
    static final double EVIDENCE = 12;

    private static final int LEAST = 20;
    private static final double BACKED_OFF = 2;
    private static final double LEAST_INTERVAL_MS = 1_000;

    static UnansweredAttempts of(Contacts.Contact contact) {
        List<Long> intervalsMs = contact.intervalsMs();
        if (intervalsMs.size() < LEAST) {
            return new UnansweredAttempts(0, 0, false);
        }
        int half = intervalsMs.size() / 2;
        double earlier = median(intervalsMs.subList(0, half));
        double later = median(intervalsMs.subList(half, intervalsMs.size()));
        List<Long> first = contact.firstIntervalsMs();
        double atFirst = first == null || first.isEmpty() ? earlier : median(first);
        return new UnansweredAttempts(
                median(intervalsMs), evidence(intervalsMs), later > BACKED_OFF * Math.min(earlier, atFirst));
    }

    /** True if the intervals are those of a schedule, and long enough for one. */
    boolean isEven() {
        return evidence >= EVIDENCE && medianMs >= LEAST_INTERVAL_MS;
    }

    private static double median(List<Long> values) {
        double[] sorted =
                values.stream().mapToDouble(Long::doubleValue).sorted().toArray();
        return Quantiles.of(sorted, 0.5);
    }

    /** Minka's approximation of the shape, and the logarithm of the likelihood ratio at it. */
    private static double evidence(List<Long> intervalsMs) {
        double sum = 0;
        double logarithms = 0;
        for (long interval : intervalsMs) {
            double atLeast = Math.max(1, interval);
            sum += atLeast;
            logarithms += Math.log(atLeast);
        }
        int count = intervalsMs.size();
        double s = Math.max(1e-6, Math.log(sum / count) - logarithms / count);
        double shape = (3 - s + Math.sqrt((s - 3) * (s - 3) + 24 * s)) / (12 * s);
        if (shape <= 1) {
            return 0;
        }
        return count * (shape * Math.log(shape) - (shape - 1) * s - shape - logGamma(shape) + 1);
    }

    /** Stirling's series, which is exact to 1e-3 from 1 on. */
    private static double logGamma(double x) {
        return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x * x * x);
    }
}
