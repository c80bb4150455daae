package dev.weir.alerting.route;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times of the day, the week, the month and the year, as Alertmanager has them. */
final class TimeInterval {
    private static final Pattern TIME = Pattern.compile("([01][0-9]|2[0-4]):([0-5][0-9])");
    private static final int MINUTES_OF_DAY = 24 * 60;

    private final List<Range> minutes;
    private final List<Range> weekdays;
    private final List<Range> daysOfMonth;
    private final List<Range> months;
    private final ZoneId zone;

    /** A range of numbers, both ends included. */
    private record Range(int from, int to) {
        boolean has(int value) {
            return value >= from && value <= to;
        }
    }

    /**
     * Parses an interval.
     *
     * @throws IllegalArgumentException with the mistake
     */
    TimeInterval(RoutesConfig.Interval config) {
        this.minutes = config.times().stream().map(TimeInterval::minutes).toList();
        this.weekdays = ranges(config.weekdays(), TimeInterval::weekday, "weekdays");
        this.daysOfMonth = ranges(config.daysOfMonth(), TimeInterval::dayOfMonth, "days_of_month");
        this.months = ranges(config.months(), TimeInterval::month, "months");
        this.zone = zone(config.location());
    }

    boolean has(long ms) {
        ZonedDateTime time = Instant.ofEpochMilli(ms).atZone(zone);
        int day = time.getDayOfMonth();
        int fromTheEnd = day - time.toLocalDate().lengthOfMonth() - 1;
        return in(minutes, time.getHour() * 60 + time.getMinute())
                && in(weekdays, time.getDayOfWeek().getValue())
                && (in(daysOfMonth, day) || (!daysOfMonth.isEmpty() && in(daysOfMonth, fromTheEnd)))
                && in(months, time.getMonthValue());
    }

    private static boolean in(List<Range> ranges, int value) {
        return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.has(value));
    }

    private static Range minutes(RoutesConfig.Times times) {
        int from = minute(times.startTime(), "start_time");
        int to = minute(times.endTime(), "end_time");
        if (from >= to) {
            throw new IllegalArgumentException("start_time " + times.startTime() + " is not before end_time "
                    + times.endTime() + "; a night is two times, one up to 24:00 and one from 00:00");
        }
        return new Range(from, to - 1);
    }

    private static int minute(@Nullable String text, String key) {
        java.util.regex.Matcher time = TIME.matcher(text == null ? "" : text);
        int minute = time.matches() ? Integer.parseInt(time.group(1)) * 60 + Integer.parseInt(time.group(2)) : -1;
        if (minute < 0 || minute > MINUTES_OF_DAY) {
            throw new IllegalArgumentException(key + " '" + text + "' is not HH:MM of 00:00 to 24:00");
        }
        return minute;
    }

    private static List<Range> ranges(List<String> texts, ToIntFunction<String> value, String key) {
        return texts.stream()
                .map(text -> {
                    String[] ends = text.trim().toLowerCase(Locale.ROOT).split(":", 2);
                    Range range;
                    try {
                        range = new Range(value.applyAsInt(ends[0]), value.applyAsInt(ends[ends.length - 1]));
                    } catch (IllegalArgumentException e) {
                        throw new IllegalArgumentException(key + ": '" + text + "' is not known", e);
                    }
                    if (range.from() > range.to()) {
                        throw new IllegalArgumentException(key + ": '" + text + "' ends before it begins");
                    }
                    return range;
                })
                .toList();
    }

    private static int weekday(String name) {
        return DayOfWeek.valueOf(name.toUpperCase(Locale.ROOT)).getValue();
    }

    private static int month(String name) {
        int month = name.matches("[0-9]{1,2}")
                ? Integer.parseInt(name)
                : Month.valueOf(name.toUpperCase(Locale.ROOT)).getValue();
        if (month < 1 || month > 12) {
            throw new IllegalArgumentException(name);
        }
        return month;
    }

    private static int dayOfMonth(String text) {
        int day = Integer.parseInt(text);
        if (day == 0 || Math.abs(day) > 31) {
            throw new IllegalArgumentException(text);
        }
        return day;
    }

    private static ZoneId zone(@Nullable String location) {
        try {
            return location == null ? ZoneOffset.UTC : ZoneId.of(location);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("location '" + location + "' is no time zone", e);
        }
    }
}
