package dev.weir.ingest.collector.netflow;

/** A datagram that cannot be what its version says; the message tells where it goes wrong. */
final class MalformedDatagramException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedDatagramException(String message) {
        super(message);
    }
}
