package dev.weir.policy.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weir.common.Text;
import java.util.List;

/** The form that a value must have. */
abstract class Shape {
    static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int LONGEST_QUOTE = 63;

    /**
     * Reads a value as the server does.
     *
     * @param value neither missing nor null
     * @param refusals receives the mistakes
     * @return the value as the server stores it: without nulls, with the values that they stand for
     */
    abstract JsonNode read(String path, JsonNode value, List<Refusal> refusals);

    /** The value that Go's decoder uses for null where a value must stand. */
    abstract JsonNode zero();

    /** Refuses a value of another type. */
    final JsonNode refuse(String path, String wanted, JsonNode value, List<Refusal> refusals) {
        refusals.add(new Refusal(path, "must be " + wanted + ", not " + quote(value)));
        return value;
    }

    static String quote(JsonNode value) {
        return Text.cut(value.toString(), LONGEST_QUOTE, "...");
    }
}
