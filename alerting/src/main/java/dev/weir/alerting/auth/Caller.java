package dev.weir.alerting.auth;

import dev.weir.alerting.store.Scope;

/**
 * Who asks.
 *
 * @param name as the audit trail has it
 */
public record Caller(String name, Role role, Scope scope) {
    /** Whoever is on this machine, where nobody has to say who they are. */
    public static final Caller LOCAL = new Caller("local", Role.ADMIN, Scope.ALL);
}
