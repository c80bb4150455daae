package dev.weir.model;

/** A record that breaks the contract. The message is {@code field: what is wrong}, with the field's JSON name. */
public final class InvalidRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String reason;

    public InvalidRecordException(String field, String reason) {
        // Where in the code it was found out tells nobody anything, and would take most of the time of a refusal.
        super(field + ": " + reason, null, false, false);
        this.field = field;
        this.reason = reason;
    }

    /** The JSON path of the offending field, for example {@code source.port}. */
    public String field() {
        return field;
    }

    /** What is wrong with it, and what would be right. */
    public String reason() {
        return reason;
    }

    /** The same complaint seen from the object that holds the record as {@code parent}. */
    public InvalidRecordException under(String parent) {
        return new InvalidRecordException(parent + "." + field, reason);
    }
}
