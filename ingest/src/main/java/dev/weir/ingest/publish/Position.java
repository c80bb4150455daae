package dev.weir.ingest.publish;

import dev.weir.model.Flow;
import java.util.List;

/**
 * How far a file has been published.
 *
 * @param source what the position belongs to, for example {@code file:/var/log/hubble/events.log}
 * @param file identity of the file under that name, so that another file there is read from its start
 * @param offset bytes read, counted after decompression
 * @param held halves of connections that were read but still wait for the other half
 */
public record Position(String source, String file, long offset, List<Flow> held) {
    @SuppressWarnings("NullAway") // absent in JSON
    public Position {
        held = held == null ? List.of() : List.copyOf(held);
    }
}
