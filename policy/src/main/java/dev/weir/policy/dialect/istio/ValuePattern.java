package dev.weir.policy.dialect.istio;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A value of a rule: {@code x}, {@code x*}, {@code *x}, or {@code *} for any value that is not empty.
 *
 * @param isOfCase false if letters of either case are equal
 */
record ValuePattern(String text, boolean isOfCase) {
    static ValuePattern of(String text) {
        return new ValuePattern(text, true);
    }

    static ValuePattern ofAnyCase(String text) {
        return new ValuePattern(text, false);
    }

    /** True for {@code *}, which any value matches that is not empty. */
    boolean isAny() {
        return text.equals("*");
    }

    boolean matches(String given) {
        String value = isOfCase ? given : given.toLowerCase(Locale.ROOT);
        String pattern = isOfCase ? text : text.toLowerCase(Locale.ROOT);
        if (isAny()) {
            return !value.isEmpty();
        }
        if (pattern.startsWith("*")) {
            return value.endsWith(pattern.substring(1));
        }
        return pattern.endsWith("*")
                ? value.startsWith(pattern.substring(0, pattern.length() - 1))
                : value.equals(pattern);
    }

    /** True if a value matches where {@code *} may stand anywhere. */
    boolean matchesWithin(String value) {
        StringBuilder regex = new StringBuilder();
        for (String part : text.split("\\*", -1)) {
            regex.append(regex.length() == 0 ? "" : ".*").append(part.isEmpty() ? "" : Pattern.quote(part));
        }
        boolean begins = text.startsWith("*");
        return Pattern.compile((begins ? ".*" : "") + regex).matcher(value).matches();
    }
}
