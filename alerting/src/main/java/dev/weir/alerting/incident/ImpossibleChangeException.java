package dev.weir.alerting.incident;

/** What cannot be done to an incident in the state that it is in; the message says what can. */
public final class ImpossibleChangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ImpossibleChangeException(String message) {
        super(message);
    }
}
