package dev.weir.policy.explain;

import dev.weir.model.Direction;
import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Decision;
import dev.weir.policy.Match;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Rule;
import dev.weir.policy.Selected;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Traffic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Explains decisions. It takes longer than deciding, so decide first. */
public final class Explainer {
    private Explainer() {}

    public static Explanation explain(PolicySet policies, Traffic traffic) {
        return explain(policies, traffic, policies.decide(traffic));
    }

    private static Explanation explain(PolicySet policies, Traffic traffic, Decision decision) {
        return new Explanation(
                traffic,
                decision,
                side(policies, policies.sent(traffic), Direction.EGRESS, decision.egress()),
                side(policies, policies.sent(traffic), Direction.INGRESS, decision.ingress()),
                gaps(policies, decision),
                mesh(policies, traffic, decision.mesh()));
    }

    private static List<String> gaps(PolicySet policies, Decision decision) {
        Set<String> gaps = new LinkedHashSet<>();
        for (PolicyRef each : decision.decidedBy()) {
            String gap = policies.enforcement().gap(each);
            if (gap != null) {
                gaps.add(gap);
            }
        }
        return List.copyOf(gaps);
    }

    private static @Nullable SideExplanation mesh(PolicySet policies, Traffic traffic, SideDecision decision) {
        Peer subject = traffic.destination();
        Selected selected = policies.ofMesh(subject).about(traffic);
        return selected.isEmpty()
                ? null
                : side(selected, subject, traffic, decision, patch(policies, selected, decision, traffic));
    }

    /** Explains traffic between all addresses of the ends: equal explanations of a pod's addresses are given once. */
    public static List<Explanation> explainAll(PolicySet policies, List<Traffic> all) {
        Map<Decision, Traffic> different = new LinkedHashMap<>();
        all.forEach(traffic -> different.putIfAbsent(policies.decide(traffic), traffic));
        return different.entrySet().stream()
                .map(each -> explain(policies, each.getValue(), each.getKey()))
                .toList();
    }

    private static SideExplanation side(
            PolicySet policies, Traffic traffic, Direction direction, SideDecision decision) {
        boolean ingress = direction == Direction.INGRESS;
        Peer subject = ingress ? traffic.destination() : traffic.source();
        Selected all = policies.selecting(subject, direction);
        Selected selected = all.about(traffic);
        if (selected.isEmpty() && !all.isEmpty()) {
            return new SideExplanation(
                    direction, subject.display(), decision, List.of(), unbound(traffic, subject, direction), null);
        }
        return side(selected, subject, traffic, decision, patch(policies, selected, decision, traffic));
    }

    private static @Nullable String patch(
            PolicySet policies, Selected selected, SideDecision decision, Traffic traffic) {
        return decision.expected() == Expected.DENY ? AllowPatch.of(policies, selected, decision, traffic) : null;
    }

    private static String unbound(Traffic traffic, Peer subject, Direction direction) {
        return "The policies that select " + subject.display() + " do not bind " + what(traffic, direction)
                + ", since both ends are on one node.";
    }

    private static SideExplanation side(
            Selected selected, Peer subject, Traffic traffic, SideDecision decision, @Nullable String patch) {
        List<SideExplanation.Selecting> selecting = new ArrayList<>();
        for (Policy policy : selected.all()) {
            selecting.add(new SideExplanation.Selecting(policy.ref(), nearest(policy, selected.direction(), traffic)));
        }
        return new SideExplanation(
                selected.direction(),
                subject.display(),
                decision,
                List.copyOf(selecting),
                sentence(traffic, selected, subject, decision, selecting),
                patch);
    }

    static @Nullable Match nearest(Policy policy, Direction direction, Traffic traffic) {
        Match nearest = null;
        for (Rule rule : policy.rules(direction)) {
            Match match = rule.match(traffic, direction);
            if (nearest == null || match.distance() < nearest.distance()) {
                nearest = match;
            }
        }
        return nearest;
    }

    private static String sentence(
            Traffic traffic,
            Selected selected,
            Peer subject,
            SideDecision decision,
            List<SideExplanation.Selecting> selecting) {
        Direction direction = selected.direction();
        String what = what(traffic, direction);
        return switch (decision.expected()) {
            case UNSELECTED -> unselected(subject, direction, what, decision, selecting);
            case ALLOW ->
                decision.decidedBy().isEmpty()
                        ? subject.display() + " may always reach itself."
                        : names(decision.decidedBy()) + (decision.decidedBy().size() == 1 ? " allows " : " allow ")
                                + what + passed(decision) + ".";
            case DENY -> denied(direction, subject, what, decision, selected, selecting);
            case UNKNOWN -> unknown(what, decision, selected, traffic);
        };
    }

    /** The traffic as one side sees it: {@code TCP/80 from shop/web-1}. */
    private static String what(Traffic traffic, Direction direction) {
        return traffic.service()
                + (direction == Direction.INGRESS
                        ? " from " + traffic.source().display()
                        : " to " + traffic.destination().display());
    }

    private static String unselected(
            Peer subject,
            Direction direction,
            String what,
            SideDecision decision,
            List<SideExplanation.Selecting> selecting) {
        String way = direction == Direction.INGRESS ? "ingress" : "egress";
        if (subject.pod() == null) {
            return "No policy applies to the " + way + " of " + subject.display() + ", which is not a pod.";
        }
        if (subject.selectable() == null) {
            return "No policy applies to " + subject.display() + ", which uses the host's network.";
        }
        if (selecting.isEmpty()) {
            return "No policy selects " + subject.display() + " for " + way + ", so everything is allowed.";
        }
        return "No rule of "
                + names(selecting.stream()
                        .map(SideExplanation.Selecting::policy)
                        .toList()) + " decides " + what + passed(decision) + ", so it is allowed by default.";
    }

    private static String denied(
            Direction direction,
            Peer subject,
            String what,
            SideDecision decision,
            Selected selected,
            List<SideExplanation.Selecting> selecting) {
        PolicyRef first = decision.decidedBy().get(0);
        boolean byRule = first.rule() != null && first.rule().indexOf('[') >= 0;
        if (byRule) {
            return first.display() + " denies " + what + passed(decision) + "." + overriding(decision, selected);
        }
        SideExplanation.Selecting nearest = nearest(decision, selecting);
        Match match = nearest == null ? null : nearest.nearest();
        if (match == null) {
            boolean ingress = direction == Direction.INGRESS;
            return "No rule of " + names(withoutRules(decision.decidedBy())) + " allows any "
                    + (ingress ? "ingress to " : "egress from ") + subject.display() + passed(decision) + ".";
        }
        return "No rule of " + names(withoutRules(decision.decidedBy())) + " allows " + what + passed(decision)
                + ". The nearest rule, " + match.rule().ref().display() + ", does not match: "
                + String.join("; ", match.failures()) + ".";
    }

    /** The sentence about the only way to allow what a rule denies that no other rule overrides; empty if others may. */
    private static String overriding(SideDecision decision, Selected selected) {
        boolean isOverridden = selected.tiers().stream()
                .filter(tier -> tier.tier().isOrdered())
                .flatMap(tier -> tier.policies().stream())
                .flatMap(policy -> policy.rules(selected.direction()).stream())
                .anyMatch(rule -> decision.decidedBy().contains(rule.ref()));
        if (isOverridden) {
            return "";
        }
        return decision.decidedBy().size() == 1
                ? " No rule that allows overrides this entry: it must be changed itself."
                : " No rule that allows overrides an entry that denies: " + names(decision.decidedBy())
                        + " must be changed themselves.";
    }

    private static String unknown(String what, SideDecision decision, Selected selected, Traffic traffic) {
        List<String> missing = new ArrayList<>();
        for (Policy policy : selected.all()) {
            for (Rule rule : policy.rules(selected.direction())) {
                if (decision.decidedBy().contains(rule.ref())) {
                    rule.match(traffic, selected.direction()).unknown().stream()
                            .filter(reason -> !missing.contains(reason))
                            .forEach(missing::add);
                }
            }
        }
        String names = names(decision.decidedBy());
        return names + " may or may not match " + what + (missing.isEmpty() ? "" : ": " + listed(missing)) + ".";
    }

    /** The nearest of the isolating policies. */
    private static SideExplanation.@Nullable Selecting nearest(
            SideDecision decision, List<SideExplanation.Selecting> selecting) {
        List<String> deciding = decision.decidedBy().stream()
                .map(ref -> ref.kind() + "/" + ref.namespace() + "/" + ref.name())
                .toList();
        SideExplanation.Selecting nearest = null;
        for (SideExplanation.Selecting each : selecting) {
            PolicyRef ref = each.policy();
            Match match = each.nearest();
            if (match == null || !deciding.contains(ref.kind() + "/" + ref.namespace() + "/" + ref.name())) {
                continue;
            }
            Match best = nearest == null ? null : nearest.nearest();
            if (best == null || match.distance() < best.distance()) {
                nearest = each;
            }
        }
        return nearest;
    }

    private static String passed(SideDecision decision) {
        return decision.passedBy().isEmpty() ? "" : ", after " + names(decision.passedBy()) + " passed it on";
    }

    private static List<PolicyRef> withoutRules(List<PolicyRef> refs) {
        return refs.stream().map(PolicyRef::withoutRule).toList();
    }

    private static String names(List<PolicyRef> refs) {
        return listed(refs.stream().map(PolicyRef::display).distinct().collect(Collectors.toList()));
    }

    private static String listed(List<String> parts) {
        int last = parts.size() - 1;
        return last == 0 ? parts.get(0) : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
    }
}
