package dev.weir.alerting.auth;

/**
 * An authenticated caller of the API.
 *
 * @param name name in the audit log and in timelines
 */
public record Caller(String name, Role role, NamespaceScope scope) {
    /** The caller of an API without authentication, which only programs on this machine can reach. */
    public static final Caller LOCAL = new Caller("local", Role.ADMIN, NamespaceScope.ALL);
}
