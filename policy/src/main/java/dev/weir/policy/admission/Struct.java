package dev.weir.policy.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** An object of known fields. A field that is null counts as absent. */
final class Struct extends Shape {
    private final Map<String, Shape> fields;
    private final Set<String> required;
    private final int least;
    private final int most;
    private final List<Rule> rules;

    /** Tests an object whose fields are valid by themselves. */
    interface Rule {
        void check(String path, JsonNode object, List<Refusal> refusals);
    }

    private Struct(Map<String, Shape> fields, Set<String> required, int least, int most, List<Rule> rules) {
        this.fields = Map.copyOf(fields);
        this.required = new TreeSet<>(required);
        this.least = least;
        this.most = most;
        this.rules = List.copyOf(rules);
    }

    static Struct of(Map<String, Shape> fields) {
        return new Struct(fields, Set.of(), 0, Integer.MAX_VALUE, List.of());
    }

    Struct requires(String... names) {
        return new Struct(fields, Set.of(names), least, most, rules);
    }

    /** Returns the shape with the further rule that exactly one field is set. */
    Struct ofOne() {
        return new Struct(fields, required, 1, 1, rules);
    }

    /** Returns the shape with the further rule that at least one field is set. */
    Struct notEmpty() {
        return new Struct(fields, required, 1, most, rules);
    }

    Struct rule(Rule rule) {
        List<Rule> more = new ArrayList<>(rules);
        more.add(rule);
        return new Struct(fields, required, least, most, more);
    }

    @Override
    JsonNode read(String path, JsonNode value, List<Refusal> refusals) {
        if (!value.isObject()) {
            return refuse(path, "an object", value, refusals);
        }
        int before = refusals.size();
        ObjectNode kept = JSON.objectNode();
        value.properties().forEach(field -> {
            String its = join(path, field.getKey());
            Shape shape = fields.get(field.getKey());
            if (shape == null) {
                refusals.add(new Refusal(its, "is not a field that is known here"));
                kept.set(field.getKey(), field.getValue());
            } else if (!field.getValue().isNull()) {
                kept.set(field.getKey(), shape.read(its, field.getValue(), refusals));
            }
        });
        for (String name : required) {
            if (!kept.has(name)) {
                refusals.add(new Refusal(join(path, name), "is missing"));
            }
        }
        if (kept.size() < least || kept.size() > most) {
            refusals.add(new Refusal(
                    path,
                    "must have " + (most == 1 ? "exactly one of " : "one of ")
                            + String.join(", ", new TreeSet<>(fields.keySet()))));
        }
        if (refusals.size() == before) {
            rules.forEach(rule -> rule.check(path, kept, refusals));
        }
        return kept;
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    @Override
    JsonNode zero() {
        return JSON.objectNode();
    }
}
