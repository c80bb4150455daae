package dev.weir.model.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes a {@link ContextChange} as JSON: {@code object} is an object on the wire and its text in memory.
 * A value without a {@code group}, as earlier releases wrote it, gets the group of its object.
 */
public final class ContextCodec {
    private ContextCodec() {}

    public static byte[] encode(ContextChange change) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        if (change.cluster() != null) {
            node.put("cluster", change.cluster());
        }
        if (change.group() != null) {
            node.put("group", change.group());
        }
        node.put("kind", change.kind());
        if (change.namespace() != null) {
            node.put("namespace", change.namespace());
        }
        node.put("name", change.name());
        node.put("valid_from_ms", change.validFromMs());
        node.put("origin", change.origin());
        String object = change.object();
        if (object == null) {
            node.put("deleted", true);
        } else {
            node.set("object", tree(object.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
        return Json.write(node);
    }

    /**
     * Returns the start of validity of a change, without decoding its object. A value without a time gets the latest of
     * all times, since an unreadable change must not be replaced by others.
     */
    public static long validFromMs(byte[] value) {
        try (JsonParser in = Json.MAPPER.createParser(value)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                return Long.MAX_VALUE;
            }
            for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
                JsonToken token = in.nextToken();
                if (field.equals("valid_from_ms")) {
                    return token == JsonToken.VALUE_NUMBER_INT ? in.getLongValue() : Long.MAX_VALUE;
                }
                in.skipChildren();
            }
            return Long.MAX_VALUE;
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Decodes a change.
     *
     * @throws InvalidRecordException naming the field
     */
    public static ContextChange decode(byte[] value) {
        JsonNode node = tree(value);
        if (!node.isObject()) {
            throw new InvalidRecordException("context", "must be a JSON object");
        }
        JsonNode object = node.get("object");
        boolean deleted = node.path("deleted").asBoolean(false);
        if (!deleted && (object == null || !object.isObject())) {
            throw new InvalidRecordException("object", "must be an object, or deleted must be true");
        }
        JsonNode validFrom = node.path("valid_from_ms");
        if (!validFrom.isIntegralNumber()) {
            throw new InvalidRecordException("valid_from_ms", "must be a whole number");
        }
        String kind = text(node, "kind");
        String name = text(node, "name");
        if (kind == null || name == null) {
            throw new InvalidRecordException(kind == null ? "kind" : "name", "is missing");
        }
        String origin = text(node, "origin");
        String group = text(node, "group");
        JsonNode apiVersion = object == null ? null : object.get("apiVersion");
        return new ContextChange(
                text(node, "cluster"),
                group == null && apiVersion != null && apiVersion.isTextual()
                        ? ContextChange.groupOf(apiVersion.textValue())
                        : group,
                kind,
                text(node, "namespace"),
                name,
                validFrom.longValue(),
                origin == null ? "unknown" : origin,
                deleted || object == null ? null : object.toString());
    }

    private static JsonNode tree(byte[] json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (IOException e) {
            throw Json.notJson("context", e);
        }
    }

    private static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new InvalidRecordException(field, "must be a string");
        }
        return value.textValue();
    }
}
