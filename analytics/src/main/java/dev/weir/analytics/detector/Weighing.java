package dev.weir.analytics.detector;

/**
 * The way in which the confidence of a detector's findings is weighed by other workloads: by the siblings of the
 * workload, and by the other sources of the cluster.
 */
public enum Weighing {
    /** No other workload counts. */
    NONE,

    /** A new edge of the source is weighed by the siblings' baselines of the same detector. */
    NEW_EDGE,

    /** A new port of the destination is weighed by the siblings' baselines of the same detector. */
    NEW_PORT,

    /** A new peer outside is weighed by the siblings' baselines of the same detector and by the sources that use it. */
    NEW_PEER,

    /** Behaviour towards a peer outside is weighed by the siblings' baselines of {@link #NEW_PEER} and such sources. */
    PEER_OUTSIDE,

    /** Behaviour towards a peer inside is weighed by the sources reported for it, else as {@link #PEER_OUTSIDE}. */
    PEER;

    /** True if the finding is about a new member of a baseline of the same detector. */
    public boolean isOfMember() {
        return this == NEW_EDGE || this == NEW_PORT || this == NEW_PEER;
    }

    /** True if the finding is about the behaviour of a source towards a peer, new or not. */
    public boolean isOfBehaviour() {
        return this == PEER_OUTSIDE || this == PEER;
    }
}
