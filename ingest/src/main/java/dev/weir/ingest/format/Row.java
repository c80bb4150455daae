package dev.weir.ingest.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weir.model.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A field of a source, and the field of a flow that it fills.
 *
 * @param from the source's name of the field; dots lead into objects
 * @param to fields of the flow, as on the reference page
 * @param setter sets the value in a flow
 * @param note remark for the reference page; empty if the value is taken as it is
 */
record Row(String from, String to, FlowField.Setter setter, String note) {
    /** Creates a row whose value is taken as it is. */
    static Row row(String from, FlowField to) {
        return new Row(from, to.path(), to::set, "");
    }

    /** Creates a row for a time in seconds with a fraction, or in ISO 8601. */
    static Row time(String from, FlowField to) {
        return new Row(
                from,
                to.path(),
                (flow, value) -> to.set(flow, LongNode.valueOf(Values.time(value))),
                "to milliseconds");
    }

    /** Creates a row whose text is converted; null leaves the field absent. */
    static Row text(String from, FlowField to, Function<String, @Nullable String> turn, String note) {
        return new Row(
                from,
                to.path(),
                (flow, value) -> {
                    String turned = turn.apply(Values.text(value));
                    if (turned != null) {
                        to.set(flow, TextNode.valueOf(turned));
                    }
                },
                note);
    }

    /** Creates a row with a setter of its own. */
    static Row special(String from, String to, FlowField.Setter setter, String note) {
        return new Row(from, to, setter, note);
    }

    void apply(Flow.Builder flow, JsonNode value) {
        setter.set(flow, value);
    }
}
