package dev.weir.ingest.format;

import dev.weir.model.Flow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads lines of a format as the flows of one file. */
final class Reading {
    private Reading() {}

    /** Reads lines in their order; the first of them determines the format. */
    static List<Flow> all(String text) {
        List<String> lines = text.strip().lines().toList();
        LineFormat.Reader reader = LineFormats.detect(lines.get(0).getBytes(StandardCharsets.UTF_8))
                .reader();
        List<Flow> flows = new ArrayList<>();
        for (String line : lines) {
            Flow flow = reader.read(line.getBytes(StandardCharsets.UTF_8));
            if (flow != null) {
                flows.add(flow);
            }
        }
        return flows;
    }

    /** Returns the only flow of the lines. */
    static Flow one(String text) {
        List<Flow> flows = all(text);
        if (flows.size() != 1) {
            throw new AssertionError(flows.size() + " flows, not one, of " + text);
        }
        return flows.get(0);
    }
}
