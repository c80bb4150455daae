package dev.weir.policy.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/** What a value may look like. */
abstract class Shape {
    static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int LONGEST_QUOTE = 60;

    /**
     * Reads a value as the server does.
     *
     * @param value neither missing nor null
     * @param refusals takes what is wrong
     * @return what the server keeps of it: without nulls, with what they stand for
     */
    abstract JsonNode read(String path, JsonNode value, List<Refusal> refusals);

    /** What Go's decoder makes of null where a value must stand. */
    abstract JsonNode zero();

    /** Refuses a value of another type. */
    final JsonNode refuse(String path, String wanted, JsonNode value, List<Refusal> refusals) {
        refusals.add(new Refusal(path, "must be " + wanted + ", not " + quote(value)));
        return value;
    }

    static String quote(JsonNode value) {
        String text = value.toString();
        return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
    }
}
