package dev.weir.policy.admission;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/** An object with lists of objects, of which only the names of the fields are tested. */
final class KnownFields extends Shape {
    private final Set<String> outer;
    private final Set<String> inner;

    KnownFields(Set<String> outer, Set<String> inner) {
        this.outer = outer;
        this.inner = inner;
    }

    @Override
    JsonNode read(String path, JsonNode value, List<Refusal> refusals) {
        look(path, value, outer, refusals);
        value.properties().forEach(field -> {
            for (int i = 0; i < field.getValue().size(); i++) {
                look(
                        path + "." + field.getKey() + "[" + i + "]",
                        field.getValue().path(i),
                        inner,
                        refusals);
            }
        });
        return value;
    }

    private static void look(String path, JsonNode object, Set<String> known, List<Refusal> refusals) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                refusals.add(new Refusal(path + "." + name, "is not a field that is known here"));
            }
        });
    }

    @Override
    JsonNode zero() {
        return JSON.objectNode();
    }
}
