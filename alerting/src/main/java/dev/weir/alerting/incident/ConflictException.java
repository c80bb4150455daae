package dev.weir.alerting.incident;

/** The incident has another version than the one that the change was made for. */
public final class ConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long version;

    public ConflictException(String incident, long asked, long version) {
        super("incident " + incident + " is at version " + version + ", not " + asked
                + ": it has been changed since; read it again");
        this.version = version;
    }

    /** The current version. */
    public long version() {
        return version;
    }
}
