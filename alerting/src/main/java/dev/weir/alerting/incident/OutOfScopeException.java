package dev.weir.alerting.incident;

/** What somebody wants to decide is not theirs to decide: it is about namespaces that they may know nothing of. */
public final class OutOfScopeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutOfScopeException(String message) {
        super(message);
    }
}
