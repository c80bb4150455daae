package dev.weir.alerting.message;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Renders measured values for people. The name of a value is in snake case and may hold its unit: {@code
 * silent_min_below} of 30 is "silent below 30 min", and {@code first_used_ms} is a time in UTC.
 */
final class Figures {
    private static final String TIME = "ms";
    /** Values from this one on are times, and lower ones durations: the 3rd of March 1973 in milliseconds. */
    private static final double FIRST_TIME = 100_000_000_000.0;

    private Figures() {}

    /** Returns the values in the order of their names, with commas between. */
    static String text(Map<String, Double> figures) {
        return new TreeMap<>(figures)
                .entrySet().stream()
                        .map(figure -> text(figure.getKey(), figure.getValue()))
                        .collect(Collectors.joining(", "));
    }

    private static String text(String name, double value) {
        String unit = Arrays.stream(name.split("_"))
                .filter(Figures::isUnit)
                .findFirst()
                .orElse("");
        String words = Arrays.stream(name.split("_"))
                .filter(word -> !isUnit(word))
                .map(Figures::word)
                .collect(Collectors.joining(" "));
        if (unit.equals(TIME) && value >= FIRST_TIME) {
            return words + " " + Instant.ofEpochMilli((long) value);
        }
        return words + " " + plain(value) + (unit.isEmpty() ? "" : " " + unit);
    }

    private static boolean isUnit(String word) {
        return word.equals(TIME) || word.equals("s") || word.equals("min");
    }

    /** The word as a sentence has it: "5 min" for {@code 5min}, "usually" for {@code usual}. */
    private static String word(String word) {
        return word.equals("usual") ? "usually" : word.replaceFirst("^([0-9]+)([a-z]+)$", "$1 $2");
    }

    private static String plain(double value) {
        return value == Math.rint(value)
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.10g", value).replaceAll("\\.?0+$", "");
    }
}
