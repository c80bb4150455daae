package dev.weir.model;

/** The ends of an edge that are outside the cluster's networks, as {@link ClusterNetworks} decides. */
public enum Outside {
    NEITHER,
    SOURCE,
    DESTINATION,
    BOTH;

    /** The value for a pair of ends. */
    public static Outside of(boolean source, boolean destination) {
        if (source) {
            return destination ? BOTH : SOURCE;
        }
        return destination ? DESTINATION : NEITHER;
    }

    /** True if the source is outside. */
    public boolean isSource() {
        return this == SOURCE || this == BOTH;
    }

    /** True if the destination is outside. */
    public boolean isDestination() {
        return this == DESTINATION || this == BOTH;
    }

    /** The ends that are outside in both. */
    public Outside and(Outside other) {
        return of(isSource() && other.isSource(), isDestination() && other.isDestination());
    }
}
