package dev.weir.policy.lint;

import dev.weir.model.Direction;
import dev.weir.policy.Action;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.PortClause;
import dev.weir.policy.Rule;
import dev.weir.policy.Tier;
import dev.weir.policy.clause.BlockClause;
import dev.weir.policy.clause.PodClause;
import java.util.List;

/** Lints that need the rules alone. */
final class RuleLints {
    private static final int DNS = 53;

    private RuleLints() {}

    static void look(Policy policy, List<Policy> policies, Linter.Report report) {
        for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
            if (!policy.directions().contains(direction)
                    && !policy.rules(direction).isEmpty()) {
                String way = direction.id();
                report.add(
                        Lint.NEVER_APPLIES, policy, "spec." + way, "never applies: policyTypes does not name " + way);
            }
        }
        for (Direction direction : policy.directions()) {
            for (Rule rule : policy.rules(direction)) {
                namedPorts(policy, direction, rule, report);
                if (rule.action() == Action.ALLOW
                        && rule.peers().isEmpty()
                        && rule.ports().isEmpty()
                        && rule.conditions().isEmpty()) {
                    String way = direction == Direction.INGRESS ? "from anywhere" : "to anywhere";
                    report.add(
                            Lint.ALLOWS_ALL, policy, "spec." + rule.id(), "is empty, so it allows everything " + way);
                }
            }
        }
        boolean isEgressLimited = policy.tier().equals(Tier.NAMESPACE)
                && policy.directions().contains(Direction.EGRESS)
                && !policy.rules(Direction.EGRESS).isEmpty();
        if (isEgressLimited && policies.stream().noneMatch(other -> allowsDns(policy, other))) {
            report.add(
                    Lint.EGRESS_WITHOUT_DNS,
                    policy,
                    "spec.egress",
                    "allows no DNS (UDP/53), nor does another policy for these pods, so they can resolve no name");
        }
    }

    /** Finds named ports towards addresses, which have none; the server refuses them in the kinds of the cluster. */
    private static void namedPorts(Policy policy, Direction direction, Rule rule, Linter.Report report) {
        boolean toBlock = policy.tier().equals(Tier.NAMESPACE)
                && direction == Direction.EGRESS
                && rule.peers().stream().anyMatch(BlockClause.class::isInstance);
        if (!toBlock) {
            return;
        }
        for (int i = 0; i < rule.ports().size(); i++) {
            String name = rule.ports().get(i).name();
            if (name != null) {
                report.add(
                        Lint.NAMED_PORT_TO_BLOCK,
                        policy,
                        "spec." + rule.id() + ".ports[" + i + "].port",
                        "never matches towards an ipBlock: '" + name
                                + "' is the name of a pod's port, which addresses have not; write its number");
            }
        }
    }

    /**
     * True if one of the policies allows DNS. A policy of the cluster counts as about the pods: a missing remark is
     * better than a wrong one.
     */
    private static boolean allowsDns(Policy policy, Policy other) {
        boolean near = other.ref().namespace() == null
                || other.ref().namespace().equals(policy.ref().namespace());
        boolean same = other.ref().namespace() == null || near && Coverage.covers(other.subject(), policy.subject());
        return same && other.rules(Direction.EGRESS).stream().anyMatch(RuleLints::allowsDns);
    }

    /**
     * True if the rule allows DNS; a rule without ports does only where it leads to other peers than the namespace's
     * own pods.
     */
    private static boolean allowsDns(Rule rule) {
        if (rule.action() != Action.ALLOW) {
            return false;
        }
        if (!rule.ports().isEmpty()) {
            return rule.ports().stream().anyMatch(RuleLints::allowsDns);
        }
        return rule.peers().isEmpty() || rule.peers().stream().anyMatch(RuleLints::mayBeDns);
    }

    /** Returns true for pods of other namespaces and for networks. A single address counts as no resolver. */
    private static boolean mayBeDns(PeerClause peer) {
        if (peer instanceof BlockClause block) {
            return block.block().samples().size() > 1;
        }
        return !(peer instanceof PodClause pods) || pods.namespace() == null;
    }

    private static boolean allowsDns(PortClause port) {
        if (!"UDP".equals(port.protocol())) {
            return false;
        }
        String name = port.name();
        return name == null ? port.first() <= DNS && DNS <= port.last() : name.contains("dns");
    }
}
