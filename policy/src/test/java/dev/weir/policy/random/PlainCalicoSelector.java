package dev.weir.policy.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Evaluates a selector of Calico while it reads it, by recursive descent. */
final class PlainCalicoSelector {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(&&|\\|\\||==|!=|!|\\(|\\)|\\{|}|,|'[^']*'|\"[^\"]*\"|[A-Za-z0-9_./-]+)");

    private final List<String> tokens = new ArrayList<>();
    private final Map<String, String> labels;
    private int place;

    private PlainCalicoSelector(String text, Map<String, String> labels) {
        this.labels = labels;
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            tokens.add(matcher.group(1));
        }
    }

    static boolean matches(String text, Map<String, String> labels) {
        PlainCalicoSelector selector = new PlainCalicoSelector(text, labels);
        boolean matches = selector.or();
        if (selector.place != selector.tokens.size()) {
            throw new AssertionError(text + " goes on after token " + selector.place);
        }
        return matches;
    }

    private boolean or() {
        boolean any = and();
        while (takes("||")) {
            any |= and();
        }
        return any;
    }

    private boolean and() {
        boolean all = not();
        while (takes("&&")) {
            all &= not();
        }
        return all;
    }

    private boolean not() {
        if (takes("!")) {
            return !not();
        }
        if (takes("(")) {
            boolean inner = or();
            expect(")");
            return inner;
        }
        String key = next();
        if (key.equals("all") && takes("(")) {
            expect(")");
            return true;
        }
        if (key.equals("has") && takes("(")) {
            boolean has = labels.containsKey(next());
            expect(")");
            return has;
        }
        return comparison(labels.get(key));
    }

    private boolean comparison(@Nullable String value) {
        String operator = next();
        switch (operator) {
            case "==":
                return value().equals(value);
            case "!=":
                return !value().equals(value);
            case "in":
                return set().contains(String.valueOf(value)) && value != null;
            case "not":
                expect("in");
                return !set().contains(String.valueOf(value)) || value == null;
            case "contains":
                String part = value();
                return value != null && value.contains(part);
            case "starts":
                expect("with");
                String start = value();
                return value != null && value.startsWith(start);
            case "ends":
                expect("with");
                String end = value();
                return value != null && value.endsWith(end);
            default:
                throw new AssertionError(operator + " in " + tokens);
        }
    }

    private List<String> set() {
        List<String> values = new ArrayList<>();
        expect("{");
        while (!takes("}")) {
            values.add(value());
            takes(",");
        }
        return values;
    }

    private String value() {
        String quoted = next();
        return quoted.substring(1, quoted.length() - 1);
    }

    private void expect(String token) {
        if (!takes(token)) {
            throw new AssertionError(token + " is missing at " + place + " of " + tokens);
        }
    }

    private boolean takes(String token) {
        if (place < tokens.size() && tokens.get(place).equals(token)) {
            place++;
            return true;
        }
        return false;
    }

    private String next() {
        return tokens.get(place++);
    }
}
