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

    /** Refuses what stands before a document for its reader, which kubectl does not take. */
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

    /** The line of the file on which a field stands; that of the nearest field above it when it is not there itself. */
    int line(String path) {
        Map<String, Integer> known = lines();
        String nearest = path;
        while (!known.containsKey(nearest) && !nearest.isEmpty()) {
            int cut = Math.max(nearest.lastIndexOf('.'), nearest.lastIndexOf('['));
            nearest = cut < 0 ? "" : nearest.substring(0, cut);
        }
        return lineOf(known.getOrDefault(nearest, 1));
    }

    /** Of a line counted within the document, from 1. */
    int lineOf(int line) {
        return firstLine + line - 1;
    }

    /** Found when first asked for: most documents have nothing wrong with them. */
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

    /** A document that is not YAML or JSON, or more of it than can be taken. */
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
