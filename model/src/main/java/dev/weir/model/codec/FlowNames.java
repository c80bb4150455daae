package dev.weir.model.codec;

import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The cluster and the names of both ends that were found for the flows of one edge. They are encoded once for all
 * samples of the edge. For one thread.
 */
public final class FlowNames {
    private final @Nullable String cluster;
    private final Endpoint source;
    private final Endpoint destination;
    private byte @Nullable [] encoded;

    /** Creates the names that a flow of the edge has. */
    public FlowNames(Flow named) {
        cluster = named.cluster();
        source = unnumbered(named.source());
        destination = unnumbered(named.destination());
    }

    private static Endpoint unnumbered(Endpoint end) {
        return end.with(end.ip(), null, null, null, null);
    }

    /** Returns a flow of the edge with the names. */
    public Flow on(Flow flow) {
        return flow.withCluster(cluster)
                .withEndpoints(
                        flow.source().withNamesOf(source), flow.destination().withNamesOf(destination));
    }

    /** The names in the form of a flow's fields, which follow those of the flow itself. */
    byte[] encoded() {
        byte[] bytes = encoded;
        if (bytes == null) {
            bytes = ProtoWriter.encode(this, (names, out) -> {
                FlowProto.writeEnds(names.source, names.destination, out);
                out.text(11, names.cluster);
            });
            encoded = bytes;
        }
        return bytes;
    }
}
