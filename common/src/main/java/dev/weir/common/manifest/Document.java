package dev.weir.common.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One YAML document of a file, or a file of JSON. */
final class Document {
    private final String file;
    private final int firstLine;
    private final String text;
    private @Nullable Map<String, Integer> lines;

    /**
     * Creates a document.
     *
     * @param firstLine line of the file at which the text begins, from 1
     */
    Document(String file, int firstLine, String text) {
        this.file = file;
        this.firstLine = firstLine;
        this.text = text;
    }

    String file() {
        return file;
    }

    JsonNode parse() throws UnreadableException {
        return Tree.parse(text, (path, line) -> {});
    }

    /** Refuses directives before a document, which kubectl does not accept. */
    void refuseDirectives() throws UnreadableException {
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            if (line.startsWith("%")) {
                throw new UnreadableException(
                        number, "'" + line.strip() + "' is a directive, which kubectl does not take; leave it out");
            }
            if (!line.isBlank() && !line.startsWith("#")) {
                return;
            }
        }
    }

    /** The line of the file on which a field stands, or that of the nearest field above it. */
    int line(String path) {
        Map<String, Integer> known = lines();
        String nearest = path;
        while (!known.containsKey(nearest) && !nearest.isEmpty()) {
            int cut = Math.max(nearest.lastIndexOf('.'), nearest.lastIndexOf('['));
            nearest = cut < 0 ? "" : nearest.substring(0, cut);
        }
        return lineOf(known.getOrDefault(nearest, 1));
    }

    /** The line of the file for a line within the document, both from 1. */
    int lineOf(int line) {
        return firstLine + line - 1;
    }

    /** The lines of fields, computed at the first request, since most documents have no mistake. */
    private synchronized Map<String, Integer> lines() {
        Map<String, Integer> known = lines;
        if (known == null) {
            Map<String, Integer> found = new HashMap<>();
            try {
                Tree.parse(text, found::putIfAbsent);
            } catch (UnreadableException e) {
                found.clear();
            }
            known = found;
            lines = known;
        }
        return known;
    }

    /** A document that is not YAML or JSON, or exceeds a limit. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int line;

        UnreadableException(int line, String reason) {
            super(reason);
            this.line = line;
        }

        int line() {
            return line;
        }
    }
}
