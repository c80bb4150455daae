package dev.weir.alerting.store;

import dev.weir.common.Sha256;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An edge as it is stored: entities by their keys.
 *
 * @param source, destination keys of the entities
 */
public record StoredEdge(
        @Nullable String cluster,
        String source,
        @Nullable String sourceNamespace,
        String destination,
        @Nullable String destinationNamespace,
        String protocol,
        @Nullable Integer port) {
    private static final String ADDRESS = "address/";
    private static final String OTHERS = "address/others";
    private static final String NAMESPACE = "namespace/";

    /** Returns the edge of an activity. */
    public static StoredEdge of(Activity activity) {
        Entity source = activity.source();
        Entity destination = activity.destination();
        return new StoredEdge(
                activity.cluster(),
                key(source),
                source.namespace(),
                key(destination),
                destination.namespace(),
                activity.protocol(),
                activity.port());
    }

    private static String key(Entity end) {
        return end.key().equals(Entity.UNNAMED) ? OTHERS : end.key();
    }

    /** Returns the edge with all addresses and ports as one, for an edge without room. */
    StoredEdge folded() {
        return new StoredEdge(
                cluster,
                source.startsWith(ADDRESS) ? OTHERS : source,
                sourceNamespace,
                destination.startsWith(ADDRESS) ? OTHERS : destination,
                destinationNamespace,
                protocol,
                null);
    }

    /** Returns the edge of the two namespaces, for a folded edge without room. */
    StoredEdge ofNamespaces() {
        return new StoredEdge(
                cluster,
                sourceNamespace == null ? OTHERS : NAMESPACE + sourceNamespace,
                sourceNamespace,
                destinationNamespace == null ? OTHERS : NAMESPACE + destinationNamespace,
                destinationNamespace,
                protocol,
                null);
    }

    /** Returns the edge that stands for all others, when there is no room for namespaces either. */
    StoredEdge unnamed() {
        return new StoredEdge(null, OTHERS, null, OTHERS, null, "", null);
    }

    /** Returns the edge and its folded forms, each coarser than the one before. */
    List<StoredEdge> andFolded() {
        return List.of(this, folded(), ofNamespaces(), unnamed());
    }

    /** The unique key of the edge in the database. */
    String digest() {
        String text = String.join("\n", String.valueOf(cluster), source, destination, protocol, String.valueOf(port));
        return Sha256.hex(text, 16);
    }
}
