package dev.weir.analytics.detector.threatlist;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads lists of four forms: plain (one entry a line), CSV (the first cell that is an entry), hosts files (an address
 * of this host, then names), and bundles of STIX 2.1, of whose indicators simple patterns on addresses and domains
 * count.
 */
final class FeedReader {
    /** The most entries of all lists; more would be a mistake, or an attack on memory. */
    private static final int MAX_ENTRIES = 2_000_000;

    private static final Pattern STIX =
            Pattern.compile("(?:ipv4-addr|ipv6-addr|domain-name):value\\s*(?:=|ISSUBSET)\\s*'([^']+)'");

    private FeedReader() {}

    /**
     * Adds the entries of a file.
     *
     * @return the number of lines or indicators without an entry
     */
    static int read(Path file, Feed feed) throws IOException {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".json") ? stix(file, name, feed) : lines(file, name, feed);
    }

    private static int lines(Path file, String name, Feed feed) throws IOException {
        Feed.Entry entry = new Feed.Entry(name, Long.MAX_VALUE);
        int bad = 0;
        List<String> lines = Files.readAllLines(file);
        for (String line : lines) {
            String text = line.replaceAll("[#;].*", "").strip();
            if (!text.isEmpty() && !(feed.size() < MAX_ENTRIES && add(text, entry, feed))) {
                bad++;
            }
        }
        return bad;
    }

    private static boolean add(String text, Feed.Entry entry, Feed feed) {
        String[] words = text.split("\\s+");
        boolean isHosts = words.length > 1
                && (words[0].equals("0.0.0.0") || words[0].equals("127.0.0.1") || words[0].equals("::1"));
        if (isHosts) {
            boolean any = false;
            for (int i = 1; i < words.length; i++) {
                any |= words[i].equals("localhost") || feed.add(words[i], entry);
            }
            return any;
        }
        for (String cell : text.split("[,\\s]+")) {
            if (feed.add(cell.replace("\"", ""), entry)) {
                return true;
            }
        }
        return false;
    }

    private static int stix(Path file, String name, Feed feed) throws IOException {
        int bad = 0;
        for (JsonNode object : Json.MAPPER.readTree(file.toFile()).path("objects")) {
            if (!object.path("type").asText().equals("indicator")
                    || object.path("revoked").asBoolean()) {
                continue;
            }
            Feed.Entry entry = new Feed.Entry(
                    name + ": " + object.path("name").asText("indicator"), until(object.path("valid_until")));
            Matcher value = STIX.matcher(object.path("pattern").asText());
            boolean any = false;
            while (value.find() && feed.size() < MAX_ENTRIES) {
                any |= feed.add(value.group(1), entry);
            }
            bad += any ? 0 : 1;
        }
        return bad;
    }

    private static long until(JsonNode text) {
        try {
            return text.isTextual() ? Instant.parse(text.textValue()).toEpochMilli() : Long.MAX_VALUE;
        } catch (DateTimeParseException notATime) {
            return Long.MAX_VALUE;
        }
    }
}
