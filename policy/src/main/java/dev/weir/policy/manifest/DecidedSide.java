package dev.weir.policy.manifest;

import dev.weir.model.Direction;
import dev.weir.policy.Match;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.PortClause;
import dev.weir.policy.Rule;
import dev.weir.policy.Selected;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Traffic;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection with the decision about it, which a change is to reverse.
 *
 * @param policies all policies that are in force
 * @param selected those that select the end on this side and are about the traffic
 * @param start the policy that decides, or where none of its rules does the one that is nearest to deciding otherwise;
 *     null if no policy selects the end
 */
public record DecidedSide(
        PolicySet policies,
        Selected selected,
        SideDecision decision,
        Traffic traffic,
        @Nullable Policy start) {

    public Direction direction() {
        return selected.direction();
    }

    public boolean isIngress() {
        return direction() == Direction.INGRESS;
    }

    /** The end that the policies select. */
    public Peer subject() {
        return isIngress() ? traffic.destination() : traffic.source();
    }

    /** The other end, which rules name. */
    public Peer other() {
        return isIngress() ? traffic.source() : traffic.destination();
    }

    /** True if a rule decides, and not that none matches. */
    public boolean isByRule() {
        String rule = decision.decidedBy().isEmpty()
                ? null
                : decision.decidedBy().get(0).rule();
        return rule != null && rule.indexOf('[') >= 0;
    }

    /** True if a rule would match the connection, but does not match the request. */
    public boolean isByRequest() {
        return selected.all().stream()
                .flatMap(policy -> policy.rules(direction()).stream())
                .anyMatch(this::failsByRequest);
    }

    private boolean failsByRequest(Rule rule) {
        Match match = rule.match(traffic.withoutRequest(), direction());
        return match.undecided() && !rule.match(traffic, direction()).failures().isEmpty();
    }

    /** True if a rule can be about exactly this protocol and port. */
    public boolean isExact() {
        return traffic.port() != null && PortClause.PROTOCOLS.contains(traffic.protocol());
    }

    /** The warning that an allow without ports allows more than was asked; empty where ports can be named. */
    public String everyPort() {
        return isExact() ? "" : traffic.service() + " cannot be allowed alone: this allows every port and protocol.";
    }

    /** A name for a policy about the connection. */
    public String name(boolean allows) {
        return (allows ? "allow-" : "deny-") + Slug.of(traffic, direction());
    }
}
