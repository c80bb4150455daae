package dev.weir.ingest.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.Text;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.TcpFlags;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts the values of sources. Every method throws an {@link InvalidRecordException} if the value does not suit its
 * type.
 */
public final class Values {
    private static final int MAX_PORT = 65_535;
    private static final int LONGEST_NUMBER = 40;
    /** The first number that is read as milliseconds since the epoch. As seconds it would be a year beyond 5000. */
    private static final long FIRST_MILLIS = 100_000_000_000L;

    private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

    private Values() {}

    /** Returns the text; null if it is empty or a dash, with which sources write an absent value. */
    public static @Nullable String known(String text) {
        return text.isEmpty() || text.equals("-") ? null : text;
    }

    static String text(JsonNode value) {
        if (value.isContainerNode()) {
            throw invalid(value, "a text");
        }
        return value.asText();
    }

    /** Returns a URL or a path as it is written. No error message repeats it, since it may hold a secret. */
    static String url(JsonNode value) {
        if (value.isContainerNode()) {
            throw new InvalidRecordException("", "is not a text");
        }
        return value.asText();
    }

    /** Returns a count, which is never negative. */
    static long count(JsonNode value) {
        long number = whole(value);
        if (number < 0) {
            throw invalid(value, "a number of 0 or more");
        }
        return number;
    }

    static long whole(JsonNode value) {
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.longValue();
        }
        BigDecimal number = decimal(value);
        if (number.abs().compareTo(MAX_LONG) > 0) {
            throw invalid(value, "a number that fits into 64 bits");
        }
        return number.longValue();
    }

    /** Returns a number with a fraction, from a number or a text. */
    static BigDecimal decimal(JsonNode value) {
        String text = value.asText();
        if (value.isContainerNode() || text.isEmpty() || text.length() > LONGEST_NUMBER) {
            throw invalid(value, "a number");
        }
        try {
            BigDecimal number = new BigDecimal(text);
            // Such an exponent would unfold to gigabytes of digits.
            if (Math.abs((long) number.scale()) > LONGEST_NUMBER) {
                throw invalid(value, "a number of a usual size");
            }
            return number;
        } catch (NumberFormatException e) {
            throw invalid(value, "a number");
        }
    }

    static int port(JsonNode value) {
        long port = whole(value);
        if (port < 0 || port > MAX_PORT) {
            throw invalid(value, "a port of 0.." + MAX_PORT);
        }
        return (int) port;
    }

    static int status(JsonNode value) {
        return (int) Math.max(Math.min(whole(value), Integer.MAX_VALUE), Integer.MIN_VALUE);
    }

    static @Nullable Integer sampling(JsonNode value) {
        long rate = whole(value);
        return rate < 1 || rate > Integer.MAX_VALUE ? null : (Integer) (int) rate;
    }

    static boolean truth(JsonNode value) {
        return switch (value.asText().toLowerCase(Locale.ROOT)) {
            case "true", "t", "1" -> true;
            case "false", "f", "0" -> false;
            default -> throw invalid(value, "true or false");
        };
    }

    static long millis(JsonNode value) {
        return whole(value);
    }

    /** Returns seconds since the epoch, with or without a fraction, in milliseconds. */
    static long seconds(JsonNode value) {
        if (value.isIntegralNumber() && value.canConvertToInt()) {
            return value.longValue() * 1000;
        }
        return decimal(value).movePointRight(3).longValue();
    }

    /**
     * Returns seconds or milliseconds since the epoch, with or without a fraction, or a time in ISO 8601, in
     * milliseconds.
     */
    static long time(JsonNode value) {
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return time(value.longValue());
        }
        String text = value.asText();
        if (text.indexOf('T') < 0) {
            BigDecimal number = decimal(value);
            return number.compareTo(BigDecimal.valueOf(FIRST_MILLIS)) < 0 ? seconds(value) : number.longValue();
        }
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            throw invalid(value, "a time such as 2026-01-31T23:59:59.123Z");
        }
    }

    /** Returns whole seconds or milliseconds since the epoch in milliseconds. */
    public static long time(long number) {
        return number < FIRST_MILLIS ? number * 1000 : number;
    }

    /** Returns TCP flags from bits or a list of the flags' names. */
    static @Nullable Integer tcpFlags(JsonNode value) {
        int bits = 0;
        if (value.isArray()) {
            for (JsonNode flag : value) {
                for (String name : flag.asText().toUpperCase(Locale.ROOT).split("_", -1)) {
                    bits |= TcpFlags.bit(name);
                }
            }
        } else {
            // Some exporters add bits of their own beyond the eight.
            bits = (int) (whole(value) & 0xff);
        }
        return bits == 0 ? null : (Integer) bits;
    }

    /** Returns the texts of an array, or one text as a list; null if there are none. */
    static @Nullable List<String> texts(JsonNode value) {
        List<String> texts = new ArrayList<>();
        if (value.isArray()) {
            value.forEach(element -> texts.add(text(element)));
        } else {
            texts.add(text(value));
        }
        return texts.isEmpty() ? null : List.copyOf(texts);
    }

    /** Returns the labels of an object or of an array of {@code key=value}; null if there are none. */
    static @Nullable Map<String, String> labels(JsonNode value) {
        if (value.isArray()) {
            List<String> pairs = new ArrayList<>();
            value.forEach(pair -> pairs.add(pair.asText()));
            return labels(pairs);
        }
        Map<String, String> labels = new LinkedHashMap<>();
        value.properties().forEach(label -> labels.put(label.getKey(), text(label.getValue())));
        return labels.isEmpty() ? null : labels;
    }

    /** Returns the labels of texts that are {@code key=value} each; null if there are none. */
    public static @Nullable Map<String, String> labels(List<String> pairs) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            labels.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
        }
        return labels.isEmpty() ? null : labels;
    }

    /**
     * Creates the exception for a value; the caller adds the field.
     *
     * @param right description of a valid value, which completes "is not …"
     */
    static InvalidRecordException invalid(JsonNode value, String right) {
        String text = value.isTextual() ? value.textValue() : value.toString();
        return new InvalidRecordException("", "'" + Text.cut(text, 64, "...") + "' is not " + right);
    }
}
