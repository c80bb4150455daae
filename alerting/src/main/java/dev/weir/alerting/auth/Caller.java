package dev.weir.alerting.auth;

/**
 * Who asks.
 *
 * @param name as the audit trail has it
 */
public record Caller(String name, Role role, NamespaceScope scope) {
    /** Whoever is on this machine, where nobody has to say who they are. */
    public static final Caller LOCAL = new Caller("local", Role.ADMIN, NamespaceScope.ALL);
}
