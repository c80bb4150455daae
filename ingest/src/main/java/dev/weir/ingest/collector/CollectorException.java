package dev.weir.ingest.collector;

/** A collector that cannot do its work: the message says what, where, and what would be right. */
public final class CollectorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CollectorException(String message) {
        super(message);
    }
}
