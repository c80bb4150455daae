package dev.weir.policy;

/** A policy that the API server would refuse, or with parts that this engine does not know. Names policy and field. */
public final class InvalidPolicyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String reason;

    public InvalidPolicyException(String policy, String field, String reason) {
        super(policy + ": " + field + ": " + reason);
        this.field = field;
        this.reason = reason;
    }

    /** The path of the field, for example {@code spec.ingress[0].ports[1].endPort}. */
    public String field() {
        return field;
    }

    /** The mistake, and a description of a valid value. */
    public String reason() {
        return reason;
    }
}
