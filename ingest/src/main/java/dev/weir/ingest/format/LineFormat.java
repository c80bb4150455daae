package dev.weir.ingest.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A kind of lines that flows are read from. */
public interface LineFormat {
    /** Its name in configuration, metrics and documents. */
    String word();

    /** What it is, in a few words. */
    String title();

    /**
     * Whether a file that begins with this line is of this format.
     *
     * @param json the line as JSON; a missing node when it is none
     */
    boolean begins(String line, JsonNode json);

    /** A reader for the lines of one file, in their order. */
    Reader reader();

    /** Which field goes where; empty where the format is Weir's own. */
    List<Column> columns();

    /**
     * One row of the reference page.
     *
     * @param from the source's field
     * @param to the flow's field or fields
     * @param note what becomes of the value; empty when it is taken as it is
     */
    record Column(String from, String to, String note) {}

    /** Reads the lines of one file; for one thread. */
    interface Reader {
        /**
         * The flow of a line; null for a line that is well formed but no flow, such as a header.
         *
         * @throws InvalidRecordException naming the field
         */
        @Nullable Flow read(byte[] line);
    }
}
