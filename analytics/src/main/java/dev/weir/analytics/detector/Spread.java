package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import dev.weir.model.Span;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Spreads a count over the time that it belongs to: the slice that has just ended and those before it. A count that is
 * spread over {@code n} slices is {@code 1/n} in each, in whole numbers that add up to the count. For one thread.
 */
public final class Spread {
    private final TreeMap<Integer, Long> bySlices = new TreeMap<>();

    /** A count that belongs to the latest slice alone. */
    public static Spread whole(long count) {
        Spread spread = new Spread();
        spread.add(1, count);
        return spread;
    }

    /**
     * One of an activity's counts, times its sampling factor.
     *
     * @param total of the activity; null if the exporter does not report it
     * @param ofSpan the same count of one of its spans
     */
    public static Spread of(Activity activity, @Nullable Long total, ToLongFunction<Span> ofSpan) {
        return of(activity, total, ofSpan, activity.sampling());
    }

    /** One of an activity's counts as it was counted, without the sampling factor. */
    public static Spread counted(Activity activity, @Nullable Long total, ToLongFunction<Span> ofSpan) {
        return of(activity, total, ofSpan, 1);
    }

    private static Spread of(Activity activity, @Nullable Long total, ToLongFunction<Span> ofSpan, int times) {
        Spread spread = new Spread();
        if (total == null) {
            return spread;
        }
        long rest = total;
        for (Span span : activity.spans()) {
            long count = Math.max(0, Math.min(rest, ofSpan.applyAsLong(span)));
            spread.add(span.slices(), count * times);
            rest -= count;
        }
        spread.add(1, rest * times);
        return spread;
    }

    private void add(int slices, long count) {
        if (count > 0) {
            bySlices.merge(slices, count, Long::sum);
        }
    }

    /** Adds another spread of the same latest slice. */
    public Spread plus(Spread other) {
        other.bySlices.forEach(this::add);
        return this;
    }

    /** The count of the latest {@code slices} slices. */
    public long within(long slices) {
        long count = 0;
        for (Map.Entry<Integer, Long> each : bySlices.entrySet()) {
            int length = each.getKey();
            long all = each.getValue();
            count += slices >= length ? all : all / length * slices + all % length * slices / length;
        }
        return count;
    }

    /** The count of the latest slice. No earlier slice has more, except for rounding to whole numbers. */
    public long latest() {
        return within(1);
    }

    /** The number of slices over which any of the count is spread; 0 if there is no count. */
    public int slices() {
        return bySlices.isEmpty() ? 0 : bySlices.lastKey();
    }
}
