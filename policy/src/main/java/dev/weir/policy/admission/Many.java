package dev.weir.policy.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Lists, and maps from text to text, by Go's decoder and by the schema of a definition. */
final class Many {
    private Many() {}

    /** A list for Go, in which null stands for the zero of its type. */
    static Shape goList(Shape element) {
        return list(element, 0, Integer.MAX_VALUE, false, true);
    }

    /** A list of a definition, in which null is of a wrong type. */
    static Shape list(Shape element, int least, int most) {
        return list(element, least, most, false, false);
    }

    /** A list of a definition in which each element stands once. */
    static Shape set(Shape element, int least, int most) {
        return list(element, least, most, true, false);
    }

    /** A map for Go, in which null stands for the empty text. */
    static Shape goMap() {
        return map(true);
    }

    /** A map of a definition, in which null is dropped. */
    static Shape map() {
        return map(false);
    }

    private static Shape list(Shape element, int least, int most, boolean distinct, boolean nullIsZero) {
        return new Shape() {
            @Override
            JsonNode read(String path, JsonNode value, List<Refusal> refusals) {
                if (!value.isArray()) {
                    return refuse(path, "a list", value, refusals);
                }
                if (value.size() < least) {
                    refusals.add(new Refusal(path, "must have at least one entry"));
                } else if (value.size() > most) {
                    refusals.add(new Refusal(
                            path, "has " + value.size() + " entries, more than the " + most + " that are allowed"));
                }
                Set<JsonNode> seen = new HashSet<>();
                ArrayNode kept = JSON.arrayNode();
                for (int i = 0; i < value.size(); i++) {
                    JsonNode each = value.get(i);
                    String its = path + "[" + i + "]";
                    if (distinct && !seen.add(each)) {
                        refusals.add(new Refusal(its, quote(each) + " stands twice"));
                    }
                    kept.add(element.read(its, nullIsZero && each.isNull() ? element.zero() : each, refusals));
                }
                return kept;
            }

            @Override
            JsonNode zero() {
                return JSON.arrayNode();
            }
        };
    }

    private static Shape map(boolean nullIsEmpty) {
        return new Shape() {
            @Override
            JsonNode read(String path, JsonNode value, List<Refusal> refusals) {
                if (!value.isObject()) {
                    return refuse(path, "an object of strings", value, refusals);
                }
                ObjectNode kept = JSON.objectNode();
                value.properties().forEach(field -> {
                    if (!field.getValue().isNull()) {
                        kept.set(
                                field.getKey(),
                                Scalars.TEXT.read(path + "." + field.getKey(), field.getValue(), refusals));
                    } else if (nullIsEmpty) {
                        kept.put(field.getKey(), "");
                    }
                });
                return kept;
            }

            @Override
            JsonNode zero() {
                return JSON.objectNode();
            }
        };
    }
}
