package dev.weir.policy;

import dev.weir.model.Direction;
import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The policies that select a pod in one direction, by tier, each tier in the order of evaluation.
 *
 * @param admin ordered; see {@link Tier#ADMIN}
 * @param namespace any of them allows
 * @param baseline ordered
 */
public record Selected(Direction direction, List<Policy> admin, List<Policy> namespace, List<Policy> baseline) {

    public List<Policy> of(Tier tier) {
        return switch (tier) {
            case ADMIN -> admin;
            case NAMESPACE -> namespace;
            case BASELINE -> baseline;
        };
    }

    /** All policies in the order of evaluation. */
    public List<Policy> all() {
        List<Policy> all = new ArrayList<>(admin);
        all.addAll(namespace);
        all.addAll(baseline);
        return all;
    }

    public boolean isEmpty() {
        return admin.isEmpty() && namespace.isEmpty() && baseline.isEmpty();
    }

    /** Decides about traffic of a pod that they select. */
    public SideDecision decide(Traffic traffic) {
        if (isEmpty()) {
            return SideDecision.UNSELECTED;
        }
        return admin.isEmpty() ? afterAdmin(traffic) : ordered(admin, traffic, true);
    }

    private Peer other(Traffic traffic) {
        return direction == Direction.INGRESS ? traffic.source() : traffic.destination();
    }

    private SideDecision afterAdmin(Traffic traffic) {
        if (!namespace.isEmpty()) {
            return union(traffic);
        }
        return baseline.isEmpty() ? SideDecision.UNSELECTED : ordered(baseline, traffic, false);
    }

    /**
     * Evaluates an ordered tier: the first matching rule decides. An undecided rule leaves the result open only if it
     * would matter.
     */
    private SideDecision ordered(List<Policy> policies, Traffic traffic, boolean adminTier) {
        Peer other = other(traffic);
        Open open = new Open();
        for (Policy policy : policies) {
            for (Rule rule : policy.rules(direction)) {
                Holds holds = rule.holds(traffic, other);
                if (holds == Holds.NO) {
                    continue;
                }
                SideDecision outcome =
                        switch (rule.action()) {
                            case ALLOW -> new SideDecision(Expected.ALLOW, List.of(rule.ref()), List.of());
                            case DENY -> new SideDecision(Expected.DENY, List.of(rule.ref()), List.of());
                            case PASS -> passed(rule, traffic, adminTier);
                        };
                if (holds == Holds.YES) {
                    return open.close(outcome);
                }
                open.add(rule, outcome);
            }
        }
        return open.close(adminTier ? afterAdmin(traffic) : SideDecision.UNSELECTED);
    }

    private SideDecision passed(Rule rule, Traffic traffic, boolean adminTier) {
        SideDecision next = adminTier ? afterAdmin(traffic) : SideDecision.UNSELECTED;
        List<PolicyRef> passedBy = new ArrayList<>(next.passedBy());
        passedBy.add(0, rule.ref());
        return new SideDecision(next.expected(), next.decidedBy(), List.copyOf(passedBy));
    }

    private SideDecision union(Traffic traffic) {
        Peer other = other(traffic);
        PolicyRef first = null;
        List<PolicyRef> allowing = List.of();
        List<PolicyRef> unknown = List.of();
        for (Policy policy : namespace) {
            for (Rule rule : policy.rules(direction)) {
                Holds holds = rule.holds(traffic, other);
                if (holds == Holds.YES && first == null) {
                    first = rule.ref();
                } else if (holds == Holds.YES) {
                    allowing = plus(allowing, rule.ref());
                } else if (holds == Holds.UNKNOWN) {
                    unknown = plus(unknown, rule.ref());
                }
            }
        }
        if (first != null) {
            allowing = allowing.isEmpty() ? List.of(first) : plus(first, allowing);
            return new SideDecision(Expected.ALLOW, allowing, List.of());
        }
        return unknown.isEmpty() ? denial() : new SideDecision(Expected.UNKNOWN, unknown, List.of());
    }

    private SideDecision denial() {
        return new SideDecision(
                Expected.DENY,
                namespace.stream().map(policy -> policy.ref(direction)).toList(),
                List.of());
    }

    private static List<PolicyRef> plus(List<PolicyRef> refs, PolicyRef ref) {
        List<PolicyRef> more = refs.isEmpty() ? new ArrayList<>(2) : refs;
        more.add(ref);
        return more;
    }

    private static List<PolicyRef> plus(PolicyRef first, List<PolicyRef> refs) {
        refs.add(0, first);
        return refs;
    }

    /** The outcomes that would follow if undecided rules matched. */
    private static final class Open {
        private @Nullable List<PolicyRef> rules;
        private boolean mayPass;
        private boolean mayDeny;

        void add(Rule rule, SideDecision outcome) {
            rules = plus(rules == null ? List.of() : rules, rule.ref());
            boolean unknown = outcome.expected() == Expected.UNKNOWN;
            mayDeny |= unknown || outcome.expected() == Expected.DENY;
            mayPass |= unknown || outcome.expected() != Expected.DENY;
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
                open.addAll(outcome.decidedBy());
            }
            return new SideDecision(Expected.UNKNOWN, open, List.of());
        }
    }
}
