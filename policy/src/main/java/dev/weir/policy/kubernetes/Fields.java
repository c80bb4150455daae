package dev.weir.policy.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.InvalidPolicyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A node of a policy with the path to it, read so that whatever is wrong is named with its path. */
record Fields(String policy, String path, JsonNode node) {

    /** Refuses fields beyond those named. */
    Fields allowOnly(String... names) {
        if (!node.isObject()) {
            throw invalid("must be an object, not " + node.getNodeType());
        }
        Set<String> known = Set.of(names);
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw child(name).invalid("is not a field that is known here");
            }
        });
        return this;
    }

    Fields child(String name) {
        return new Fields(policy, path.isEmpty() ? name : path + "." + name, node.path(name));
    }

    /** Absent, or null, which the API treats alike. */
    boolean absent() {
        return node.isMissingNode() || node.isNull();
    }

    /** The elements of an array; none when it is absent. */
    List<Fields> elements() {
        if (absent()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw invalid("must be an array, not " + node.getNodeType());
        }
        List<Fields> elements = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            elements.add(new Fields(policy, path + "[" + i + "]", node.get(i)));
        }
        return elements;
    }

    String text() {
        @Nullable String text = node.textValue();
        if (text == null) {
            throw invalid(absent() ? "is missing" : "must be a string, not " + node);
        }
        return text;
    }

    int number() {
        if (!node.isInt()) {
            throw invalid(absent() ? "is missing" : "must be a whole number, not " + node);
        }
        return node.intValue();
    }

    Map<String, String> textMap() {
        Map<String, String> map = new TreeMap<>();
        if (!absent() && !node.isObject()) {
            throw invalid("must be an object of strings");
        }
        node.properties()
                .forEach(entry -> map.put(entry.getKey(), child(entry.getKey()).text()));
        return map;
    }

    InvalidPolicyException invalid(String reason) {
        return new InvalidPolicyException(policy, path, reason);
    }
}
