package dev.weir.policy;

/** A policy that the API server would refuse, or that holds what this engine does not know. Names policy and field. */
public final class InvalidPolicyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String reason;

    public InvalidPolicyException(String policy, String field, String reason) {
        super(policy + ": " + field + ": " + reason);
        this.field = field;
        this.reason = reason;
    }

    /** Path of the offending field, for example {@code spec.ingress[0].ports[1].endPort}. */
    public String field() {
        return field;
    }

    /** What is wrong with it, and what would be right. */
    public String reason() {
        return reason;
    }
}
