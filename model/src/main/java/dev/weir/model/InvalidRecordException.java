package dev.weir.model;

/** A record that breaks the contract. The message is the field's JSON name, a colon and the mistake. */
public final class InvalidRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String reason;

    public InvalidRecordException(String field, String reason) {
        // No stack trace: its place in the code helps no reader, and it would take most of the time of a refusal.
        super(field + ": " + reason, null, false, false);
        this.field = field;
        this.reason = reason;
    }

    /** The JSON path of the offending field, for example {@code source.port}. */
    public String field() {
        return field;
    }

    /** The mistake, and a description of a valid value. */
    public String reason() {
        return reason;
    }

    /** Returns the same exception with the field seen from the object that holds the record as {@code parent}. */
    public InvalidRecordException under(String parent) {
        return new InvalidRecordException(parent + "." + field, reason);
    }
}
