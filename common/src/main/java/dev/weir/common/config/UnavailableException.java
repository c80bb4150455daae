package dev.weir.common.config;

/** Something that a process needs is not to be had: a port, a file, a broker. The message says what would be right. */
public final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnavailableException(String message) {
        super(message);
    }
}
