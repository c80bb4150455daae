package dev.weir.alerting.incident;

/** Thrown when a change does not apply to the incident's status. The message says what would be right. */
public final class ImpossibleChangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ImpossibleChangeException(String message) {
        super(message);
    }
}
