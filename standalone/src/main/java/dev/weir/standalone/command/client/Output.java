package dev.weir.standalone.command.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.weir.model.codec.Json;
import dev.weir.standalone.command.TextTable;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;

/** Prints answers of the API as a table, JSON or YAML. */
final class Output {
    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER));
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final PrintWriter out;
    private final ApiOptions.Format format;

    Output(PrintWriter out, ApiOptions.Format format) {
        this.out = out;
        this.format = format;
    }

    /** A column of a table: its heading, and the cell for a row. */
    record Column(String heading, boolean onlyWide, Function<JsonNode, String> cell) {
        static Column of(String heading, Function<JsonNode, String> cell) {
            return new Column(heading, false, cell);
        }

        static Column wide(String heading, Function<JsonNode, String> cell) {
            return new Column(heading, true, cell);
        }
    }

    /**
     * Prints a list.
     *
     * @param rows a JSON array
     */
    void list(JsonNode rows, Column... columns) {
        if (whole(rows)) {
            return;
        }
        boolean isWide = format == ApiOptions.Format.WIDE;
        Column[] shown = Arrays.stream(columns)
                .filter(column -> isWide || !column.onlyWide())
                .toArray(Column[]::new);
        TextTable table =
                new TextTable(Arrays.stream(shown).map(Column::heading).toArray(String[]::new));
        for (JsonNode row : rows) {
            table.add(
                    Arrays.stream(shown).map(column -> column.cell().apply(row)).toArray(String[]::new));
        }
        table.print(out);
    }

    /** Prints one object, with the given text when neither JSON nor YAML is asked for. */
    void one(JsonNode thing, Function<JsonNode, String> text) {
        if (!whole(thing)) {
            out.println(text.apply(thing).stripTrailing());
        }
    }

    private boolean whole(JsonNode node) {
        try {
            if (format == ApiOptions.Format.JSON) {
                out.println(Json.MAPPER.writeValueAsString(node));
            } else if (format == ApiOptions.Format.YAML) {
                out.print(YAML.writeValueAsString(node));
            } else {
                return false;
            }
            out.flush();
            return true;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String time(JsonNode ms) {
        return ms.isNumber() ? TIME.format(Instant.ofEpochMilli(ms.asLong())) : "-";
    }

    static String text(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "-" : value.asText();
    }

    /** Renders an endpoint of an alert in few words. */
    static String entity(JsonNode end) {
        String namespace = end.path("namespace").asText();
        String name = end.path("workload")
                .asText(end.path("service")
                        .asText(end.path("node").asText(end.path("ip").asText())));
        return name.isEmpty() ? "-" : namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
