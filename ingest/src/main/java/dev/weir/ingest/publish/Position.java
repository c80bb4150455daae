package dev.weir.ingest.publish;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weir.model.Flow;
import java.util.List;

/**
 * The position up to which a source has been published.
 *
 * @param source key of the position, for example {@code file:/var/log/hubble/events.log}
 * @param file identity of the file with that name; another file is read from its start
 * @param offset bytes read, after decompression
 * @param waiting records that were read and wait for the other half of their connection
 */
public record Position(
        String source,
        String file,
        long offset,
        // The name in stored positions; another would lose the records that wait over an upgrade.
        @JsonProperty("held") List<Flow> waiting) {
    @SuppressWarnings("NullAway") // absent in JSON
    public Position {
        waiting = waiting == null ? List.of() : List.copyOf(waiting);
    }
}
