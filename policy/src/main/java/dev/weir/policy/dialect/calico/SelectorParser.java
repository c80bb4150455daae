package dev.weir.policy.dialect.calico;

import dev.weir.policy.clause.Fields;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses selectors of Calico by recursive descent; {@code &&} binds tighter than {@code ||}. */
final class SelectorParser {
    /** The deepest nesting, so that a hostile selector exhausts no stack. */
    private static final int DEEPEST = 64;

    private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9_./-]{1,512}");
    private static final Pattern TEXT = Pattern.compile("'([^']*)'|\"([^\"]*)\"");
    private static final Pattern FUNCTION = Pattern.compile("(has|all|global)\\(\\s*([a-zA-Z0-9_./-]*)\\s*\\)");
    private static final Pattern OPERATOR =
            Pattern.compile("==|!=|not\\s*in\\b|in\\b|contains\\b|starts\\s*with\\b|ends\\s*with\\b");

    private final Fields field;
    private final String text;
    private final boolean takesGlobal;
    private int at;
    private int depth;

    private SelectorParser(Fields field, boolean takesGlobal) {
        this.field = field;
        this.text = field.text();
        this.takesGlobal = takesGlobal;
    }

    /**
     * Parses the selector in a field.
     *
     * @return null if the field is absent or its text empty, which means no selector
     * @throws dev.weir.policy.InvalidPolicyException with the place of a mistake
     */
    static @Nullable CalicoSelector parse(Fields field) {
        return parse(field, false);
    }

    /** Parses the {@code namespaceSelector} of a rule, in which alone {@code global()} may stand. */
    static @Nullable CalicoSelector parseOfNamespaces(Fields field) {
        return parse(field, true);
    }

    private static @Nullable CalicoSelector parse(Fields field, boolean takesGlobal) {
        if (field.absent() || field.text().isBlank()) {
            return null;
        }
        SelectorParser parser = new SelectorParser(field, takesGlobal);
        CalicoSelector selector = parser.or();
        if (!parser.isAtEnd()) {
            throw parser.mistake("'&&', '||' or the end");
        }
        return selector;
    }

    private CalicoSelector or() {
        List<CalicoSelector> parts = new ArrayList<>(List.of(and()));
        while (take("||")) {
            parts.add(and());
        }
        return parts.size() == 1 ? parts.get(0) : new CalicoSelector.Or(List.copyOf(parts));
    }

    private CalicoSelector and() {
        List<CalicoSelector> parts = new ArrayList<>(List.of(term()));
        while (take("&&")) {
            parts.add(term());
        }
        return parts.size() == 1 ? parts.get(0) : new CalicoSelector.And(List.copyOf(parts));
    }

    private CalicoSelector term() {
        depth++;
        if (depth > DEEPEST) {
            throw field.invalid("is nested deeper than " + DEEPEST);
        }
        CalicoSelector term;
        if (take("!")) {
            term = new CalicoSelector.Not(term());
        } else if (take("(")) {
            term = or();
            if (!take(")")) {
                throw mistake("')'");
            }
        } else {
            term = operation();
        }
        depth--;
        return term;
    }

    private CalicoSelector operation() {
        Matcher function = matched(FUNCTION);
        if (function != null) {
            return function(function.group(1), function.group(2));
        }
        Matcher key = matched(KEY);
        if (key == null) {
            throw mistake("a label");
        }
        Matcher operator = matched(OPERATOR);
        if (operator == null) {
            throw mistake("an operator such as == or in");
        }
        return comparison(key.group(), operator.group().replaceAll("\\s+", " "));
    }

    private CalicoSelector function(String name, String argument) {
        if (name.equals("has") == argument.isEmpty()) {
            throw mistake(name.equals("has") ? "a label within has()" : "nothing within " + name + "()");
        }
        if (name.equals("global") && !takesGlobal) {
            throw field.invalid("global() can stand only in the namespaceSelector of a rule");
        }
        return switch (name) {
            case "has" -> new CalicoSelector.Has(argument);
            case "all" -> CalicoSelector.ALL;
            default -> CalicoSelector.GLOBAL;
        };
    }

    private CalicoSelector comparison(String key, String operator) {
        return switch (operator) {
            case "==" -> new CalicoSelector.In(key, Set.of(text()));
            case "!=" -> new CalicoSelector.Not(new CalicoSelector.In(key, Set.of(text())));
            case "in" -> new CalicoSelector.In(key, set());
            case "not in", "notin" -> new CalicoSelector.Not(new CalicoSelector.In(key, set()));
            default -> new CalicoSelector.Partly(key, part(operator), text());
        };
    }

    private static CalicoSelector.Part part(String operator) {
        for (CalicoSelector.Part part : CalicoSelector.Part.values()) {
            if (part.words().replace(" ", "").equals(operator.replace(" ", ""))) {
                return part;
            }
        }
        throw new IllegalArgumentException(operator);
    }

    private Set<String> set() {
        if (!take("{")) {
            throw mistake("'{'");
        }
        Set<String> values = new LinkedHashSet<>();
        while (!take("}")) {
            values.add(text());
            if (!take(",") && !text.startsWith("}", at)) {
                throw mistake("',' or '}'");
            }
        }
        return Set.copyOf(values);
    }

    private String text() {
        Matcher value = matched(TEXT);
        if (value == null) {
            throw mistake("a value in quotes");
        }
        return value.group(1) == null ? value.group(2) : value.group(1);
    }

    private boolean take(String token) {
        skipSpace();
        // '!' before '=' belongs to an operator, and no operator stands where a term begins.
        if (!text.startsWith(token, at)) {
            return false;
        }
        at += token.length();
        skipSpace();
        return true;
    }

    private @Nullable Matcher matched(Pattern pattern) {
        skipSpace();
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            return null;
        }
        at = matcher.end();
        skipSpace();
        return matcher;
    }

    private boolean isAtEnd() {
        skipSpace();
        return at == text.length();
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private RuntimeException mistake(String wanted) {
        return field.invalid("'" + text + "' needs " + wanted + " at character " + (at + 1));
    }
}
