package dev.weir.analytics.detector.volumeanomaly;

import dev.weir.analytics.detector.Quantiles;
import dev.weir.common.Millis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The history of a series of values, one for each five minutes. Each value is compared with the record: an ordinary
 * series of any shape repeats itself, and a value that exceeds the record by a margin is an anomaly exactly once. The
 * record has five parts: the value, the spread of nine hours (a working day), the hours of the day and the days of the
 * week with any value at all, and the values by hour in a series with a season of a day. Records fade with age. A
 * steady series, whose record is narrow beside its level, is compared with its level instead, and every value far off
 * is an anomaly.
 *
 * @param count values so far
 * @param high greatest of them; day by day it comes nearer to the middle of {@code high} and {@code low}, to half in
 *     four weeks
 * @param low least of them, in the same way
 * @param recent the latest, at most {@value #SPREAD_WINDOW}
 * @param spread greatest distance between the quartiles of nine hours
 * @param days the number of days that have begun
 * @param dayMs the latest of them
 * @param hours by hour of the day, the number of days with a value in it; 24 of them
 * @param hourDays by hour of the day, the latest such day
 * @param weekdays by day of the week from Monday on, the number of such days with a value; 7 of them
 * @param activeMs the latest day with a value
 * @param off the number of values in a row that are far off a steady level
 * @param hourHigh by hour of the day, the greatest value, not a number before the first; 24 of them, none on the first
 *     day
 * @param hourLow by hour of the day, the least value, as {@code hourHigh}
 */
public record Series(
        long count,
        double high,
        double low,
        List<Double> recent,
        double spread,
        int days,
        long dayMs,
        List<Integer> hours,
        List<Long> hourDays,
        List<Integer> weekdays,
        long activeMs,
        int off,
        List<Double> hourHigh,
        List<Double> hourLow) {
    public Series {
        // An earlier version kept no records by hour.
        hourHigh = Objects.requireNonNullElse(hourHigh, List.of());
        hourLow = Objects.requireNonNullElse(hourLow, List.of());
    }

    /** The time of one value, in ms. It is public because the detector's state counts time in it. */
    public static final long STEP_MS = 300_000;

    static final int SPREAD_WINDOW = 108;
    private static final int DAY_STEPS = 288;
    private static final int LEAST = 36;
    private static final double MARGIN = 1 / 8.0;
    private static final double WIDER = 2;
    /** The share of the level below which a spread is noise of the measurement. */
    private static final double LEAST_SPREAD = 0.02;

    private static final double STEADY = 0.01;
    /**
     * The number of values in a row far off a steady level after which the level has moved and they are no outliers.
     */
    private static final int MOVED = 3;

    private static final int LEAST_DAYS = 3;
    private static final int SEASON_DAYS = 7;
    /** The share of its distance from the middle that a record keeps from one day to the next. */
    private static final double FADING = Math.pow(0.5, 1 / 28.0);
    /**
     * The most that one value moves a record, in ranges of the series, so that a single burst does not hide the next.
     */
    private static final double MOST_GROWTH = 8;

    private static final int LEAST_WEEKS_DAYS = 14;

    /** The reason for which a value is an anomaly. */
    public enum Kind {
        /** The value is greater than every one before. */
        HIGH,
        /** The value is less than every one before. */
        LOW,
        /** The series has never gone up and down so much. */
        SPREAD,
        /** The first value at this hour of the day. */
        HOUR,
        /** The first value on this day of the week. */
        WEEKDAY,
        /** The value is greater than every one at its hour of the day, in a series whose hours differ. */
        SEASON_HIGH,
        /** The value is less than every one at its hour of the day. */
        SEASON_LOW,
        /** A steady series has left its level. */
        OFF
    }

    /**
     * An anomaly of a value.
     *
     * @param excess the distance beyond the record, as a share of the series' usual range
     * @param limit the limit that the value exceeded
     */
    public record Anomaly(Kind kind, double value, double limit, double excess) {}

    /** The series with one more value, and the anomaly of that value, if any. */
    public record Next(Series series, @Nullable Anomaly anomaly) {}

    public static Series empty() {
        return new Series(
                0,
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                List.of(),
                0,
                0,
                Long.MIN_VALUE,
                Collections.nCopies(24, 0),
                Collections.nCopies(24, Long.MIN_VALUE),
                Collections.nCopies(7, 0),
                Long.MIN_VALUE,
                0,
                List.of(),
                List.of());
    }

    /**
     * Adds a value.
     *
     * @param ms the start of the value's five minutes; later than those of every value before
     */
    public Next plus(long ms, double value) {
        List<Double> window = new ArrayList<>(recent);
        if (window.size() == SPREAD_WINDOW) {
            window.remove(0);
        }
        window.add(value);
        Anomaly steady = count >= LEAST && isSteady() ? steady(value) : null;
        if (steady != null && off + 1 < MOVED) {
            // An outlier must change neither the record nor the spread.
            return new Next(
                    new Series(
                            count + 1, high, low, recent, spread, days, dayMs, hours, hourDays, weekdays, activeMs,
                            off + 1, hourHigh, hourLow),
                    steady);
        }
        double quartiles = window.size() < SPREAD_WINDOW ? 0 : quartiles(window);
        Anomaly anomaly = steady != null
                ? null
                : first(
                        record(value),
                        wider(quartiles, window),
                        hour(ms, value),
                        weekday(ms, value),
                        season(ms, value));
        long day = Math.floorDiv(ms, Millis.DAY) * Millis.DAY;
        int hour = (int) (Math.floorMod(ms, Millis.DAY) / Millis.HOUR);
        boolean isNewDay = value > 0 && hourDays.get(hour) < day;
        boolean isFirstOfDay = value > 0 && activeMs < day;
        int weekday = weekday(ms);
        double kept = day > dayMs && days >= LEAST_DAYS ? FADING : 1;
        double most = MOST_GROWTH * (high - low);
        boolean isLearned = count >= LEAST && most > 0 && steady == null;
        double highest = Math.max(faded(high, low, kept), isLearned ? Math.min(value, high + most) : value);
        double lowest = Math.min(faded(low, high, kept), isLearned ? Math.max(value, low - most) : value);
        return new Next(
                new Series(
                        count + 1,
                        highest,
                        lowest,
                        window,
                        Math.max(spread, quartiles),
                        days + (day > dayMs ? 1 : 0),
                        Math.max(dayMs, day),
                        isNewDay ? with(hours, hour, hours.get(hour) + 1) : hours,
                        isNewDay ? with(hourDays, hour, day) : hourDays,
                        isFirstOfDay ? with(weekdays, weekday, weekdays.get(weekday) + 1) : weekdays,
                        isFirstOfDay ? day : activeMs,
                        0,
                        byHour(hourHigh, hourLow, hour, kept, Math.min(value, highest), Math::max),
                        byHour(hourLow, hourHigh, hour, kept, Math.max(value, lowest), Math::min)),
                anomaly);
    }

    /** A record that has come nearer to the middle between it and its counterpart. */
    private static double faded(double record, double other, double kept) {
        return kept == 1 ? record : (record + other) / 2 + (record - other) / 2 * kept;
    }

    /** The records by hour, after a value; single precision is enough for them. */
    private List<Double> byHour(
            List<Double> records,
            List<Double> others,
            int hour,
            double kept,
            double value,
            DoubleBinaryOperator better) {
        if (days < 2) {
            return records;
        }
        List<Double> all = new ArrayList<>(24);
        for (int i = 0; i < 24; i++) {
            double before = records.isEmpty() ? Double.NaN : faded(records.get(i), others.get(i), kept);
            double after = i != hour ? before : Double.isNaN(before) ? value : better.applyAsDouble(before, value);
            all.add((double) (float) after);
        }
        return all;
    }

    private boolean isSteady() {
        double level = (high + low) / 2;
        return low > 0 && high - low <= STEADY * level;
    }

    private @Nullable Anomaly steady(double value) {
        double level = (high + low) / 2;
        double distance = Math.abs(value - level) / level;
        double limit = value > level ? level * (1 + MARGIN) : level * (1 - MARGIN);
        return distance <= MARGIN ? null : new Anomaly(Kind.OFF, value, limit, distance);
    }

    /** An anomaly if the value exceeds the record by a margin, which is wider as long as there are few values. */
    private @Nullable Anomaly record(double value) {
        if (count < LEAST || high <= low) {
            return null;
        }
        double range = high - low;
        double margin = MARGIN * Math.max(1, DAY_STEPS / (double) count) * range;
        if (value > high + margin) {
            return new Anomaly(Kind.HIGH, value, high + margin, (value - high) / range);
        }
        return value < low - margin ? new Anomaly(Kind.LOW, value, low - margin, (low - value) / range) : null;
    }

    /**
     * An anomaly if the value exceeds the record of its hour of the day and of the hours beside it. It counts in a
     * series with a season alone, in which all values of other hours have been beyond that limit.
     */
    private @Nullable Anomaly season(long ms, double value) {
        int hour = (int) (Math.floorMod(ms, Millis.DAY) / Millis.HOUR);
        double range = high - low;
        if (days <= SEASON_DAYS || range <= 0 || hourHigh.isEmpty()) {
            return null;
        }
        double top = Double.NEGATIVE_INFINITY;
        double bottom = Double.POSITIVE_INFINITY;
        for (int i = hour + 23; i <= hour + 25; i++) {
            top = Math.max(top, hourHigh.get(i % 24));
            bottom = Math.min(bottom, hourLow.get(i % 24));
        }
        double margin = MARGIN * range;
        if (value > top + margin && Collections.max(hourLow) > top + margin) {
            return new Anomaly(Kind.SEASON_HIGH, value, top + margin, (value - top) / range);
        }
        return value < bottom - margin && Collections.min(hourHigh) < bottom - margin
                ? new Anomaly(Kind.SEASON_LOW, value, bottom - margin, (bottom - value) / range)
                : null;
    }

    private @Nullable Anomaly wider(double quartiles, List<Double> window) {
        double middle = Quantiles.of(sorted(window), 0.5);
        boolean isAnomaly = count >= DAY_STEPS
                && quartiles > WIDER * spread
                && quartiles > LEAST_SPREAD * Math.abs(middle)
                && spread > 0;
        return isAnomaly ? new Anomaly(Kind.SPREAD, quartiles, WIDER * spread, quartiles / spread - 1) : null;
    }

    /**
     * An anomaly if the value is the first at its hour of the day. As long as several hours were seen on one day only,
     * others are still to come (Good and Turing) and one more is none.
     */
    private @Nullable Anomaly hour(long ms, double value) {
        int hour = (int) (Math.floorMod(ms, Millis.DAY) / Millis.HOUR);
        boolean isFirst = value > 0 && hours.get(hour) == 0;
        long once = hours.stream().filter(seen -> seen == 1).count();
        long ever = hours.stream().filter(seen -> seen > 0).count();
        boolean isAnomaly = isFirst && days > LEAST_DAYS && once <= 1 && ever > 0;
        return isAnomaly ? new Anomaly(Kind.HOUR, value, 0, 1) : null;
    }

    /** An anomaly if the value is the first on its day of the week, and the other days have come round twice. */
    private @Nullable Anomaly weekday(long ms, double value) {
        boolean isFirst = value > 0 && weekdays.get(weekday(ms)) == 0;
        long once = weekdays.stream().filter(seen -> seen == 1).count();
        long ever = weekdays.stream().filter(seen -> seen > 0).count();
        boolean isAnomaly = isFirst && days > LEAST_WEEKS_DAYS && once == 0 && ever > 0;
        return isAnomaly ? new Anomaly(Kind.WEEKDAY, value, 0, 1) : null;
    }

    /** The day of the week, 0 for Monday; 1970 began on a Thursday. */
    private static int weekday(long ms) {
        return (int) Math.floorMod(Math.floorDiv(ms, Millis.DAY) + 3, 7L);
    }

    private static @Nullable Anomaly first(@Nullable Anomaly... all) {
        for (Anomaly each : all) {
            if (each != null) {
                return each;
            }
        }
        return null;
    }

    private static double quartiles(List<Double> window) {
        double[] sorted = sorted(window);
        return Quantiles.of(sorted, 0.75) - Quantiles.of(sorted, 0.25);
    }

    private static double[] sorted(List<Double> window) {
        double[] values = window.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(values);
        return values;
    }

    private static <T> List<T> with(List<T> list, int index, T value) {
        List<T> copy = new ArrayList<>(list);
        copy.set(index, value);
        return copy;
    }
}
