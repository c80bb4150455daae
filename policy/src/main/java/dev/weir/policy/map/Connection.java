package dev.weir.policy.map;

/**
 * The traffic that one group may send to another.
 *
 * @param allowed ports that are open
 * @param unknown ports that cannot be decided
 */
public record Connection(Group from, Group to, Ports allowed, Ports unknown) {
    boolean isNothing() {
        return allowed.isEmpty() && unknown.isEmpty();
    }

    /** The ports for people: {@code TCP 80}, {@code TCP 80 (unknown: UDP)}. */
    public String display() {
        return unknown.isEmpty()
                ? allowed.display()
                : (allowed.isEmpty() ? "" : allowed.display() + " ") + "(unknown: " + unknown.display() + ")";
    }
}
