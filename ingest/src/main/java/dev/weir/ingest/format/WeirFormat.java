package dev.weir.ingest.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.codec.FlowJson;
import java.util.List;

/** Reads Weir's own flows, a JSON object a line. */
final class WeirFormat implements LineFormat {
    @Override
    public String id() {
        return "weir";
    }

    @Override
    public String title() {
        return "Weir's own flows, a JSON object a line";
    }

    @Override
    public boolean begins(String line, JsonNode json) {
        return json.has("start_ms") || json.path("source").isObject() && !HubbleFormat.isFlat(json);
    }

    @Override
    public String example() {
        return """
                {"start_ms":1790000000000,"source":{"ip":"10.0.0.1","port":40000},\
                "destination":{"ip":"2001:db8::1","port":443},"protocol":"TCP"}""";
    }

    @Override
    public Reader reader() {
        return FlowJson::decode;
    }

    @Override
    public List<Column> columns() {
        return List.of();
    }
}
