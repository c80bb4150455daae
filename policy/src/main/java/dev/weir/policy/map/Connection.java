package dev.weir.policy.map;

/**
 * What one group may do to another.
 *
 * @param allowed ports that are open
 * @param unknown ports of which it cannot be told
 */
public record Connection(Group from, Group to, Ports allowed, Ports unknown) {
    boolean isNothing() {
        return allowed.isEmpty() && unknown.isEmpty();
    }

    /** {@code TCP 80}, {@code TCP 80 (unknown: UDP)}. */
    public String display() {
        return unknown.isEmpty()
                ? allowed.display()
                : (allowed.isEmpty() ? "" : allowed.display() + " ") + "(unknown: " + unknown.display() + ")";
    }
}
