package dev.weir.ingest.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A format of lines that hold flows. */
public interface LineFormat {
    /** Returns the format's name in configuration, metrics and documents. */
    String id();

    /** Returns a description of the format in a few words. */
    String title();

    /**
     * Returns true if a file that begins with this line is of this format.
     *
     * @param json the line as JSON; a missing node if it is not JSON
     */
    boolean begins(String line, JsonNode json);

    /**
     * Returns the lines of a small file of the format. The first is one that {@link #begins} recognises, and the last
     * is a flow.
     */
    String example();

    /** Creates a reader for the lines of one file, in their order. */
    Reader reader();

    /** Returns the fields that are read, and the flow's field that each of them fills; empty for Weir's own format. */
    List<Column> columns();

    /**
     * A row of the reference page.
     *
     * @param from the source's field
     * @param to the flow's field or fields
     * @param note how the value is converted; empty if it is taken as it is
     */
    record Column(String from, String to, String note) {}

    /** Reads the lines of one file. For one thread. */
    interface Reader {
        /**
         * Returns the flow of a line, or null for a well-formed line without a flow, such as a header.
         *
         * @throws InvalidRecordException if a field is missing or wrong; it names the field
         */
        @Nullable Flow read(byte[] line);
    }
}
