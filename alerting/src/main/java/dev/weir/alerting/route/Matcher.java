package dev.weir.alerting.route;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A condition on a label as Alertmanager writes it: {@code name="value"}, {@code !=}, {@code =~} and {@code !~} with a
 * regular expression that must match the whole value. A missing label counts as empty.
 */
record Matcher(
        String label,
        Operator operator,
        String value,
        @Nullable Pattern pattern) {
    private static final Pattern SYNTAX = Pattern.compile(
            "\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*(\"((?:[^\"\\\\]|\\\\.)*)\"|[^\"\\s]*)\\s*");

    private enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        MATCHES("=~"),
        MATCHES_NOT("!~");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }
    }

    /**
     * Parses a condition.
     *
     * @throws IllegalArgumentException with the mistake
     */
    static Matcher parse(String text) {
        java.util.regex.Matcher parsed = SYNTAX.matcher(text);
        if (!parsed.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no matcher; write severity=~\"high|critical\"");
        }
        Operator operator =
                switch (parsed.group(2)) {
                    case "=" -> Operator.EQUAL;
                    case "!=" -> Operator.NOT_EQUAL;
                    case "=~" -> Operator.MATCHES;
                    default -> Operator.MATCHES_NOT;
                };
        String quoted = parsed.group(4);
        String value = quoted == null ? parsed.group(3) : quoted.replaceAll("\\\\(.)", "$1");
        boolean isPattern = operator == Operator.MATCHES || operator == Operator.MATCHES_NOT;
        try {
            return new Matcher(parsed.group(1), operator, value, isPattern ? Pattern.compile(value) : null);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("'" + text + "': " + e.getDescription() + " in the pattern", e);
        }
    }

    /** The condition in its canonical spelling, without optional quotes and spaces. */
    String text() {
        return label + operator.sign + '"' + value + '"';
    }

    boolean matches(Map<String, String> labels) {
        String actual = labels.getOrDefault(label, "");
        boolean isSo =
                pattern == null ? actual.equals(value) : pattern.matcher(actual).matches();
        return isSo == (operator == Operator.EQUAL || operator == Operator.MATCHES);
    }
}
