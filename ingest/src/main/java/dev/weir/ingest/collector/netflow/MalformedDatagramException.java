package dev.weir.ingest.collector.netflow;

/** Signals a datagram that contradicts its version or itself; the message says where. */
final class MalformedDatagramException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedDatagramException(String message) {
        super(message);
    }
}
