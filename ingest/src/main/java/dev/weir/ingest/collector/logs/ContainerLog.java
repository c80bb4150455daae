package dev.weir.ingest.collector.logs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Unwraps lines that a container runtime has written: the text of the CRI
 * ({@code 2026-03-01T10:00:00.1Z stdout F line}, of which P is a part that is continued) and Docker's JSON ({@code
 * {"log":"line\n","stream":"stdout","time":"…"}}, where a part has no line break). Any other line stays as it is. Parts
 * are joined by stream, up to {@link LineSource#MAX_LINE}. For one thread.
 */
final class ContainerLog {
    private static final int LONGEST_PREFIX = 80;
    private static final Pattern CRI = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT[0-9:.]{8,18}(?:Z|[+-]\\d\\d:\\d\\d) (stdout|stderr) ([FP])(?::\\S{0,16})? ?");
    /**
     * The length in bytes at which Docker cuts lines; a shorter line without a line break, from another writer, is
     * whole.
     */
    private static final int DOCKER_PART = 16 << 10;

    private static final byte[] DOCKER = "\"log\"".getBytes(StandardCharsets.US_ASCII);

    private final Map<String, ByteArrayOutputStream> parts = new HashMap<>(2);

    /**
     * Returns the line that the container wrote.
     *
     * @return null if the line is continued
     * @throws InvalidRecordException if the line is too long, or begins as one of the forms and does not fit it
     */
    byte @Nullable [] unwrap(byte[] line) {
        if (line.length == 0) {
            return line;
        }
        if (line[0] == '{') {
            return mayBeDocker(line) ? docker(line) : line;
        }
        if (line[0] < '0' || line[0] > '9') {
            return line;
        }
        String start = new String(line, 0, Math.min(line.length, LONGEST_PREFIX), StandardCharsets.ISO_8859_1);
        Matcher cri = CRI.matcher(start);
        return cri.lookingAt()
                ? joined(
                        cri.group(1),
                        Arrays.copyOfRange(line, cri.end(), line.length),
                        cri.group(2).equals("F"))
                : line;
    }

    /**
     * True if the line has the key {@code log}, with any order of keys and any blanks. Most flows do not contain it, so
     * they are not parsed twice.
     */
    private static boolean mayBeDocker(byte[] line) {
        int last = line.length - DOCKER.length;
        for (int at = 1; at <= last; at++) {
            if (line[at] == '"' && Arrays.equals(line, at, at + DOCKER.length, DOCKER, 0, DOCKER.length)) {
                return true;
            }
        }
        return false;
    }

    private byte @Nullable [] docker(byte[] line) {
        JsonNode json;
        try {
            json = Json.MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw Json.notJson("line", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!json.path("log").isTextual()) {
            return line;
        }
        String text = json.path("log").textValue();
        String stream = json.path("stream").asText().equals("stderr") ? "stderr" : "stdout";
        byte[] bytes = text.replaceFirst("\r?\n$", "").getBytes(StandardCharsets.UTF_8);
        return joined(stream, bytes, text.endsWith("\n") || bytes.length < DOCKER_PART);
    }

    private byte @Nullable [] joined(String stream, byte[] part, boolean last) {
        ByteArrayOutputStream before = parts.get(stream);
        if (before == null && last) {
            return part;
        }
        ByteArrayOutputStream all = before == null ? new ByteArrayOutputStream(2 * part.length) : before;
        // The length limit and a byte more shows that the line is too long.
        all.write(part, 0, Math.min(part.length, LineSource.MAX_LINE + 1 - all.size()));
        if (!last) {
            parts.put(stream, all);
            return null;
        }
        parts.remove(stream);
        if (all.size() > LineSource.MAX_LINE) {
            throw new InvalidRecordException("line", "is longer than " + LineSource.MAX_LINE + " bytes");
        }
        return all.toByteArray();
    }
}
