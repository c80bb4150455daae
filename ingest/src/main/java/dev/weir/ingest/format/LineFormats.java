package dev.weir.ingest.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The registry of formats: a line for each. */
public final class LineFormats {
    private static final List<LineFormat> ALL = List.of(
            new WeirFormat(),
            new HubbleFormat(),
            new NetobservFormat(),
            new CalicoFormat(),
            new ZeekFormat(),
            new AwsVpcFormat(),
            new EnvoyFormat(),
            new ZtunnelFormat());

    /** Lines in which Istio's processes log about themselves, in the same stream as their access log. */
    private static final Pattern PROCESS_LOG = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\S{8,24}\t(?:trace|debug|info|warn|warning|error|fatal)\t(?!access\t).*",
            Pattern.DOTALL);

    private LineFormats() {}

    public static List<LineFormat> all() {
        return ALL;
    }

    /** Returns the format of that name, or null if there is none. */
    public static @Nullable LineFormat named(String id) {
        return ALL.stream().filter(format -> format.id().equals(id)).findFirst().orElse(null);
    }

    /** Returns the names of all formats, with commas between. */
    public static String ids() {
        return ALL.stream().map(LineFormat::id).collect(Collectors.joining(", "));
    }

    /**
     * Detects the format of a file by its first line.
     *
     * @throws InvalidRecordException if the line is in none of the formats
     */
    public static LineFormat detect(byte[] line) {
        String text = new String(line, StandardCharsets.UTF_8);
        if (text.indexOf('\0') >= 0) {
            throw new InvalidRecordException(
                    "line",
                    "is not in UTF-8; UTF-16 must be converted first, and captures are read by weir collect pcap");
        }
        JsonNode json = text.stripLeading().startsWith("{") ? tree(line) : MissingNode.getInstance();
        for (LineFormat format : ALL) {
            if (format.begins(text, json)) {
                return format;
            }
        }
        String hint =
                text.stripLeading().startsWith("[") ? "; in JSON each flow must be an object on a line of its own" : "";
        throw new InvalidRecordException("line", "is in none of the known formats (" + ids() + ")" + hint);
    }

    /** True if an Istio process logs about itself in the line, which is then no record. */
    public static boolean isProcessLog(byte[] line) {
        if (line.length == 0) {
            return false;
        }
        if (line[0] == '{') {
            JsonNode json = tree(line);
            return json.has("level") && json.has("time") && json.has("scope") && !json.has("src.addr");
        }
        return PROCESS_LOG.matcher(new String(line, StandardCharsets.UTF_8)).matches();
    }

    /**
     * Parses a line as JSON.
     *
     * @throws InvalidRecordException if the line is not a JSON object
     */
    static JsonNode tree(byte[] line) {
        try {
            JsonNode node = Json.MAPPER.readTree(line);
            if (node == null || !node.isObject()) {
                throw new InvalidRecordException("line", "is not a JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw Json.notJson("line", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
