package dev.weir.common.config;

/**
 * A port, a file, a broker or another resource that a process needs is not available. The message says what would be
 * right.
 */
public final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnavailableException(String message) {
        super(message);
    }
}
