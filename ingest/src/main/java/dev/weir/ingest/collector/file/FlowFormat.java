package dev.weir.ingest.collector.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.FlowJson;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kinds of lines that are understood. A file holds one kind; its first line tells which. */
public enum FlowFormat {
    /** One Weir flow as JSON. */
    WEIR,
    /** One line of {@code hubble observe -o jsonpb} or of Hubble's exporter. */
    HUBBLE;

    /**
     * The format of a line.
     *
     * @throws InvalidRecordException when it is none of them
     */
    public static FlowFormat detect(byte[] line) {
        JsonNode node = tree(line);
        if (node.isObject() && (node.path("flow").isObject() || node.has("lost_events") || node.has("node_status"))) {
            return HUBBLE;
        }
        if (node.isObject() && (node.has("start_ms") || node.path("source").isObject())) {
            return WEIR;
        }
        throw new InvalidRecordException("line", "is neither a Weir flow nor a line of Hubble's export");
    }

    /**
     * The flow of a line; null for a line that is well formed but no flow, such as Hubble's lost events.
     *
     * @throws InvalidRecordException naming the field
     */
    public @Nullable Flow parse(byte[] line) {
        return switch (this) {
            case WEIR -> FlowJson.decode(line);
            case HUBBLE -> HubbleLine.flow(tree(line));
        };
    }

    /** The word in metrics and messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static JsonNode tree(byte[] line) {
        try {
            JsonNode node = Json.MAPPER.readTree(line);
            return node == null ? Json.MAPPER.nullNode() : node;
        } catch (JsonProcessingException e) {
            throw new InvalidRecordException("line", "is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new InvalidRecordException("line", "cannot be read: " + e.getMessage());
        }
    }
}
