package dev.weir.policy.suite;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;

/** A check or a case that is not written as it should be. */
final class MalformedCheckException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String reason;

    MalformedCheckException(String field, String reason) {
        super(field + ": " + reason);
        this.field = field;
        this.reason = reason;
    }

    static void refuseOthers(JsonNode node, String path, Set<String> known) {
        if (!node.isObject()) {
            throw new MalformedCheckException(path, "must hold " + String.join(", ", new TreeSet<>(known)));
        }
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new MalformedCheckException(
                        path.isEmpty() ? name : path + "." + name,
                        "is not known here; known are " + String.join(", ", new TreeSet<>(known)));
            }
        });
    }

    String field() {
        return field;
    }

    String reason() {
        return reason;
    }
}
