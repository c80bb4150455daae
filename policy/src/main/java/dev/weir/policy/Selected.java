package dev.weir.policy;

import dev.weir.model.Direction;
import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The policies that select a pod in one direction.
 *
 * @param tiers the tiers that have one, in the order of evaluation
 */
public record Selected(Direction direction, List<InTier> tiers) {
    /**
     * The policies of one tier.
     *
     * @param policies in the order of evaluation
     * @param open those of which it is not known whether they select the pod
     */
    public record InTier(Tier tier, List<Policy> policies, Set<PolicyRef> open) {
        private boolean isOpen(Policy policy) {
            return !open.isEmpty() && open.contains(policy.ref());
        }

        private Holds holds(Policy policy, Rule rule, Traffic traffic, Peer other, List<PeerClause> required) {
            Holds holds = rule.holds(traffic, other, required);
            return isOpen(policy) ? holds.and(Holds.UNKNOWN) : holds;
        }

        /** The requirements that bind rules with an action in a direction. */
        private List<PeerClause> required(Direction direction, Action action) {
            List<PeerClause> required = List.of();
            for (Policy policy : policies) {
                for (Policy.Requirement each : policy.requirements()) {
                    if (each.direction() == direction && each.action() == action) {
                        required = plus(required, isOpen(policy) ? new Perhaps(each.peers()) : each.peers());
                    }
                }
            }
            return required;
        }
    }

    /** A requirement of a policy of which it is not known whether it selects the pod. */
    private record Perhaps(PeerClause required) implements PeerClause {
        @Override
        public Holds holds(Peer peer) {
            return required.holds(peer).or(Holds.UNKNOWN);
        }

        @Override
        public Holds holds(Traffic traffic, Peer other) {
            return required.holds(traffic, other).or(Holds.UNKNOWN);
        }

        @Override
        public List<String> reasons(Peer peer) {
            return required.reasons(peer);
        }
    }

    /** The policies of a tier; none if it has none. */
    public List<Policy> of(Tier tier) {
        return tiers.stream()
                .filter(each -> each.tier().equals(tier))
                .findFirst()
                .map(InTier::policies)
                .orElse(List.of());
    }

    /** All policies in the order of evaluation. */
    public List<Policy> all() {
        return tiers.stream().flatMap(each -> each.policies().stream()).toList();
    }

    public boolean isEmpty() {
        return tiers.isEmpty();
    }

    /** Returns the policies that are about the traffic: some tiers bind no traffic of a pod with its own host. */
    public Selected about(Traffic traffic) {
        List<InTier> about = new ArrayList<>();
        for (InTier tier : tiers) {
            if (!tier.tier().ownHost().binds(traffic, direction)) {
                continue;
            }
            List<Policy> its = tier.policies().stream()
                    .filter(policy -> policy.subject().isAbout(traffic))
                    .toList();
            if (!its.isEmpty()) {
                about.add(new InTier(tier.tier(), its, tier.open()));
            }
        }
        return new Selected(direction, List.copyOf(about));
    }

    /** Decides about traffic of a pod that they select. */
    public SideDecision decide(Traffic traffic) {
        SideDecision decision = from(0, traffic);
        boolean isOpen = decision.expected() == Expected.UNKNOWN || isOfMesh() && Completions.isPortOpen(traffic);
        return isOpen ? new Completions(this, traffic).decide(decision) : decision;
    }

    /** True for policies of a mesh, whose proxies let some ports pass by all rules. */
    private boolean isOfMesh() {
        return !tiers.isEmpty() && tiers.get(0).tier().isOfMesh();
    }

    private Peer other(Traffic traffic) {
        return direction == Direction.INGRESS ? traffic.source() : traffic.destination();
    }

    private SideDecision from(int place, Traffic traffic) {
        if (place == tiers.size()) {
            return SideDecision.UNSELECTED;
        }
        return tiers.get(place).tier().isOrdered() ? ordered(place, traffic) : union(place, traffic);
    }

    private List<Rule> about(Policy policy, Traffic traffic) {
        return policy.subject().isAbout(traffic) ? policy.rules(direction) : List.of();
    }

    /** The decision where no rule of a tier matches. */
    private SideDecision end(int place, Traffic traffic) {
        InTier tier = tiers.get(place);
        boolean isolates = tier.tier().ownHost().isolates(traffic, direction);
        List<PolicyRef> isolating = List.of();
        List<PolicyRef> mayIsolate = List.of();
        for (Policy policy : tier.policies()) {
            boolean isIsolating = isolates
                    && policy.isolated().contains(direction)
                    && policy.subject().isAbout(traffic);
            if (isIsolating && tier.isOpen(policy)) {
                mayIsolate = plus(mayIsolate, policy.ref(direction));
            } else if (isIsolating) {
                isolating = plus(isolating, policy.ref(direction));
            }
        }
        if (!isolating.isEmpty()) {
            return new SideDecision(Expected.DENY, isolating, List.of());
        }
        SideDecision next = from(place + 1, traffic);
        return mayIsolate.isEmpty() || next.expected() == Expected.DENY
                ? next
                : new SideDecision(Expected.UNKNOWN, mayIsolate, List.of());
    }

    /** The first matching rule decides. An undecided rule leaves the result open only if it would matter. */
    private SideDecision ordered(int place, Traffic traffic) {
        Peer other = other(traffic);
        Open open = new Open();
        InTier tier = tiers.get(place);
        for (Policy policy : tier.policies()) {
            for (Rule rule : about(policy, traffic)) {
                Holds holds = tier.holds(policy, rule, traffic, other, List.of());
                if (holds == Holds.NO) {
                    continue;
                }
                SideDecision outcome =
                        switch (rule.action()) {
                            case ALLOW -> new SideDecision(Expected.ALLOW, List.of(rule.ref()), List.of());
                            case DENY -> new SideDecision(Expected.DENY, List.of(rule.ref()), List.of());
                            case PASS -> passed(rule, from(place + 1, traffic));
                        };
                if (holds == Holds.YES) {
                    return open.close(outcome);
                }
                open.add(rule, outcome.expected());
            }
        }
        return open.close(end(place, traffic));
    }

    private static SideDecision passed(Rule rule, SideDecision next) {
        List<PolicyRef> passedBy = new ArrayList<>(next.passedBy());
        passedBy.add(0, rule.ref());
        return new SideDecision(next.expected(), next.decidedBy(), List.copyOf(passedBy));
    }

    /** Any rule that denies decides, and else any that allows. */
    private SideDecision union(int place, Traffic traffic) {
        Peer other = other(traffic);
        List<PolicyRef> allowing = List.of();
        List<PolicyRef> denying = List.of();
        List<Rule> mayAllow = List.of();
        Open open = new Open();
        InTier tier = tiers.get(place);
        List<PeerClause> forAllows = tier.required(direction, Action.ALLOW);
        List<PeerClause> forDenials = tier.required(direction, Action.DENY);
        for (Policy policy : tier.policies()) {
            for (Rule rule : about(policy, traffic)) {
                boolean allows = rule.action() == Action.ALLOW;
                Holds holds = tier.holds(policy, rule, traffic, other, allows ? forAllows : forDenials);
                RequestClause request = rule.request();
                if (request != null
                        && request.isBindingOthers()
                        && holds != Holds.YES
                        && rule.connectionHolds(traffic, other, forAllows) != Holds.NO) {
                    open.add(rule, Expected.DENY);
                }
                if (holds == Holds.NO) {
                    continue;
                }
                if (holds == Holds.YES && allows) {
                    allowing = plus(allowing, rule.ref());
                } else if (holds == Holds.YES) {
                    denying = plus(denying, rule.ref());
                } else if (allows) {
                    mayAllow = plus(mayAllow, rule);
                } else {
                    open.add(rule, Expected.DENY);
                }
            }
        }
        if (!denying.isEmpty()) {
            return new SideDecision(Expected.DENY, denying, List.of());
        }
        if (!allowing.isEmpty()) {
            return open.close(new SideDecision(Expected.ALLOW, allowing, List.of()));
        }
        mayAllow.forEach(rule -> open.add(rule, Expected.ALLOW));
        return open.close(end(place, traffic));
    }

    /** Adds an element; a list of one, which most are, takes no room for more. */
    private static <T> List<T> plus(List<T> list, T element) {
        if (list.isEmpty()) {
            return List.of(element);
        }
        List<T> more = list.size() == 1 ? new ArrayList<>(list) : list;
        more.add(element);
        return more;
    }

    /** The outcomes that would follow if undecided rules matched. */
    private static final class Open {
        private @Nullable List<PolicyRef> rules;
        private boolean mayPass;
        private boolean mayDeny;

        /** Adds a rule with the outcome that it would have. */
        void add(Rule rule, Expected outcome) {
            rules = plus(rules == null ? List.of() : rules, rule.ref());
            mayDeny |= outcome == Expected.UNKNOWN || outcome == Expected.DENY;
            mayPass |= outcome != Expected.DENY;
        }

        SideDecision close(SideDecision outcome) {
            List<PolicyRef> open = rules;
            if (open == null) {
                return outcome;
            }
            boolean sure =
                    switch (outcome.expected()) {
                        case DENY -> !mayPass;
                        case ALLOW, UNSELECTED -> !mayDeny;
                        case UNKNOWN -> false;
                    };
            if (sure) {
                return outcome;
            }
            if (outcome.expected() == Expected.UNKNOWN) {
                for (PolicyRef each : outcome.decidedBy()) {
                    open = plus(open, each);
                }
            }
            return new SideDecision(Expected.UNKNOWN, open, List.of());
        }
    }
}
