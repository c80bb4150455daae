package dev.weir.ingest.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rows of a format, in the order in which they are applied. */
final class Table {
    private final List<Row> rows;
    private final List<String[]> paths;

    private Table(List<Row> rows) {
        this.rows = rows;
        this.paths = rows.stream().map(row -> row.from().split("/")).toList();
    }

    static Table of(Row... rows) {
        return new Table(List.of(rows));
    }

    List<LineFormat.Column> columns() {
        return rows.stream()
                .map(row -> new LineFormat.Column(row.from().replace('/', '.'), row.to(), row.note()))
                .toList();
    }

    /** Fills a flow from an object. */
    void apply(Flow.Builder flow, JsonNode object) {
        for (int i = 0; i < rows.size(); i++) {
            JsonNode value = object;
            for (String step : paths.get(i)) {
                value = value.path(step);
            }
            apply(rows.get(i), flow, value);
        }
    }

    /** Fills a flow from a record whose fields stand side by side, though their names may contain dots. */
    void applyFlat(Flow.Builder flow, Function<String, @Nullable JsonNode> column) {
        for (Row row : rows) {
            JsonNode value = column.apply(row.from());
            apply(row, flow, value == null ? NullNode.getInstance() : value);
        }
    }

    /** Applies a row, unless its value is absent, null, empty or a dash. */
    private static void apply(Row row, Flow.Builder flow, JsonNode value) {
        boolean absent = value.isMissingNode() || value.isNull();
        if (absent
                || value.isTextual()
                        && (value.textValue().isEmpty() || value.textValue().equals("-"))) {
            return;
        }
        try {
            row.apply(flow, value);
        } catch (InvalidRecordException e) {
            throw new InvalidRecordException(row.from().replace('/', '.'), e.reason());
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException(
                    row.from().replace('/', '.'),
                    Values.invalid(value, "one of the words known for it").reason());
        }
    }
}
