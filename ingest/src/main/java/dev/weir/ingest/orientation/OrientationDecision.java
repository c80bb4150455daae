package dev.weir.ingest.orientation;

/**
 * The decision which side of a record opened the connection.
 *
 * @param reply true if the record runs from server to client
 * @param by the criterion that decided
 */
public record OrientationDecision(boolean reply, Criterion by) {
    /** The criteria, in the order in which they are tried; a criterion's name is a metric's label. */
    public enum Criterion {
        RECORD,
        FLAGS,
        PORTS,
        SENT,
        FIRST_SEEN,
        NOTHING
    }
}
