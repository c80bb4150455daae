package dev.weir.alerting.incident;

/** The caller's scope does not include a namespace that the decision is about. */
public final class OutOfScopeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutOfScopeException(String message) {
        super(message);
    }
}
