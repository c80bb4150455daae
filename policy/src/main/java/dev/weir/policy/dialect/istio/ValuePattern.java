package dev.weir.policy.dialect.istio;

import java.util.Locale;

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
        if (text.indexOf('*') < 0) {
            return value.equals(text);
        }
        String[] parts = text.split("\\*", -1);
        String first = parts[0];
        String last = parts[parts.length - 1];
        boolean hasEnds =
                value.length() >= first.length() + last.length() && value.startsWith(first) && value.endsWith(last);
        int at = first.length();
        for (int i = 1; hasEnds && i < parts.length - 1; i++) {
            int found = value.indexOf(parts[i], at);
            hasEnds = found >= 0 && found + parts[i].length() <= value.length() - last.length();
            at = found + parts[i].length();
        }
        return hasEnds;
    }
}
