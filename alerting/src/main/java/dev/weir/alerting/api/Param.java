package dev.weir.alerting.api;

import dev.weir.alerting.store.Cursor;
import io.javalin.http.HttpResponseException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A query parameter of an operation, for the check and for the OpenAPI document.
 *
 * @param choices permitted values; empty for any
 * @param least, most bounds of a number
 * @param isNeeded true if a call without it is refused
 */
record Param(String name, String about, Type type, List<String> choices, long least, long most, boolean isNeeded) {
    private static final int LONGEST = 1_000;

    enum Type {
        TEXT,
        NUMBER,
        FLAG,
        CURSOR
    }

    static Param text(String name, String about) {
        return new Param(name, about, Type.TEXT, List.of(), 0, 0, false);
    }

    static <E extends Enum<E>> Param choice(String name, String about, Class<E> type) {
        List<String> choices =
                Arrays.stream(type.getEnumConstants()).map(Param::id).toList();
        return new Param(name, about, Type.TEXT, choices, 0, 0, false);
    }

    static String id(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static Param number(String name, String about, long least, long most) {
        return new Param(name, about, Type.NUMBER, List.of(), least, most, false);
    }

    /** A time in milliseconds since 1970. */
    static Param time(String name, String about) {
        return number(name, about + ", ms since 1970", 0, Long.MAX_VALUE);
    }

    static Param flag(String name, String about) {
        return new Param(name, about, Type.FLAG, List.of("true", "false"), 0, 0, false);
    }

    static Param cursor() {
        return new Param("cursor", "next_cursor of the page before", Type.CURSOR, List.of(), 0, 0, false);
    }

    /** A copy that every call must have. */
    Param needed() {
        return new Param(name, about, type, choices, least, most, true);
    }

    /**
     * Checks a value.
     *
     * @throws HttpResponseException 400 with what would be right
     */
    void check(String value) {
        if (value.length() > LONGEST || value.chars().anyMatch(Character::isISOControl)) {
            throw new HttpResponseException(
                    400, name + " is longer than " + LONGEST + " characters or holds control characters");
        }
        if (!choices.isEmpty() && !choices.contains(value.toLowerCase(Locale.ROOT))) {
            throw new HttpResponseException(
                    400, name + " must be one of " + String.join(", ", choices) + ", not '" + value + "'");
        }
        switch (type) {
            case NUMBER -> toNumber(value);
            case CURSOR -> toCursor(value);
            case TEXT, FLAG -> {
                // The checks above cover these types.
            }
        }
    }

    long toNumber(String value) {
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Falls through to the error below.
        }
        throw new HttpResponseException(
                400, name + " must be a number of " + least + ".." + most + ", not '" + value + "'");
    }

    static String cursorText(long ms, String id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((ms + " " + id).getBytes(StandardCharsets.UTF_8));
    }

    static @Nullable Cursor toCursor(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            int space = decoded.indexOf(' ');
            String id = decoded.substring(space + 1);
            if (id.indexOf('\0') < 0) {
                return new Cursor(Long.parseLong(decoded.substring(0, space)), id);
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // Falls through to the error below.
        }
        throw new HttpResponseException(400, "cursor must be a next_cursor of an earlier answer, not '" + text + "'");
    }
}
