package dev.weir.ingest.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.InvalidRecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Splits Istio's access log as text ({@code meshConfig.accessLogEncoding: TEXT}, the default format) into the fields
 * of its JSON:
 *
 * <pre>
 * [START] "METHOD PATH PROTOCOL" CODE FLAGS DETAILS TERMINATION "FAILURE" RECEIVED SENT DURATION UPSTREAM-TIME
 *     "X-FORWARDED-FOR" "USER-AGENT" "REQUEST-ID" "AUTHORITY" "UPSTREAM-HOST" CLUSTER UPSTREAM-LOCAL LOCAL REMOTE SNI ROUTE
 * </pre>
 *
 * A client chooses its user agent, which may hold quotes, so the words before it are counted from the start and those
 * after it from the end. Before Istio 1.9 the line had other words in place of DETAILS and TERMINATION.
 */
final class IstioText {
    private static final Pattern START = Pattern.compile("\\[\\d{4}-\\d\\d-\\d\\dT[^\\]\\s]{8,24}\\] \"");
    /** The words after the user agent: request, authority, host, cluster, upstream-local, local, remote, SNI, route. */
    private static final int LAST = 9;

    private static final int FIRST_COUNTER = 6;
    private static final int MAX_LINE = 1 << 16;

    private IstioText() {}

    static boolean isOne(String line) {
        return START.matcher(line).lookingAt();
    }

    /**
     * Returns the fields of a line by their names in JSON.
     *
     * @throws InvalidRecordException if the line has too few words
     */
    static JsonNode fields(String line) {
        if (line.length() > MAX_LINE) {
            throw new InvalidRecordException("line", "is longer than " + MAX_LINE + " characters");
        }
        List<String> words = words(line.strip());
        int size = words.size();
        int counter = counters(words);
        if (counter < 0 || size < counter + 4 + LAST) {
            throw new InvalidRecordException(
                    "line",
                    "has not the fields of Istio's default format; Envoy's own names no downstream addresses, so log JSON");
        }
        String[] request = words.get(1).split(" ", -1);
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        fields.put("start_time", words.get(0).substring(1, words.get(0).length() - 1));
        if (request.length >= 3) {
            fields.put("method", request[0]).put("path", request[1]).put("protocol", request[request.length - 1]);
        }
        fields.put("response_code", words.get(2)).put("response_flags", words.get(3));
        if (counter == FIRST_COUNTER + 1) {
            fields.put("response_code_details", words.get(4)).put("connection_termination_details", words.get(5));
        }
        fields.put("bytes_received", words.get(counter)).put("bytes_sent", words.get(counter + 1));
        fields.put("duration", words.get(counter + 2));
        fields.put("authority", words.get(size - 8)).put("upstream_host", words.get(size - 7));
        fields.put("upstream_cluster", words.get(size - 6)).put("downstream_local_address", words.get(size - 4));
        fields.put("downstream_remote_address", words.get(size - 3)).put("requested_server_name", words.get(size - 2));
        return fields;
    }

    /** Returns the position of the bytes received: the first number after the failure. */
    private static int counters(List<String> words) {
        for (int at = FIRST_COUNTER - 1; at <= FIRST_COUNTER + 1 && at < words.size(); at++) {
            if (words.get(at).matches("[0-9]{1,19}")) {
                return at;
            }
        }
        return -1;
    }

    /** Splits the line at spaces; a quoted word ends at a quote before a space. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>(24);
        int at = 0;
        while (at < line.length()) {
            boolean quoted = line.charAt(at) == '"';
            int end = line.indexOf(quoted ? "\" " : " ", at + 1);
            end = end < 0 ? line.length() - (quoted && line.endsWith("\"") ? 1 : 0) : end;
            words.add(line.substring(quoted ? at + 1 : at, Math.max(end, quoted ? at + 1 : at)));
            at = end + (quoted ? 2 : 1);
        }
        return words;
    }
}
