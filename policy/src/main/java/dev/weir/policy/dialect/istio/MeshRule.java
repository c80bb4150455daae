package dev.weir.policy.dialect.istio;

import dev.weir.model.context.MeshProxy;
import dev.weir.policy.Holds;
import dev.weir.policy.PortClause;
import dev.weir.policy.Traffic;
import dev.weir.policy.TrafficClause;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A rule of an AuthorizationPolicy: one of the sources, one of the operations and all of the conditions.
 *
 * @param allows true in a policy that allows, whose rules about requests match no other traffic
 * @param from the fields of each source; empty for any
 * @param to the fields of each operation; empty for any
 * @param when the conditions
 */
record MeshRule(
        boolean allows,
        List<List<MeshCondition>> from,
        List<List<MeshCondition>> to,
        List<MeshCondition> when,
        IstioFacts facts)
        implements TrafficClause {
    @Override
    public Holds holds(Traffic traffic) {
        MeshView view = facts.view(traffic);
        if (IstioFacts.proxy(traffic.destination()) == MeshProxy.Kind.AMBIENT) {
            return byZtunnel(view);
        }
        return switch (facts.declared(traffic)) {
            case HTTP -> asHttp(view);
            case TCP -> asTcp(view);
            case DETECTED -> detected(view);
        };
    }

    private Holds detected(MeshView view) {
        return switch (view.isHttp()) {
            case YES -> asHttp(view);
            case NO -> asTcp(view);
            case UNKNOWN -> either(asHttp(view), asTcp(view));
        };
    }

    private static Holds either(Holds one, Holds other) {
        return one == other ? one : Holds.UNKNOWN;
    }

    private Holds asHttp(MeshView view) {
        return entries(from, view, true, each -> true)
                .and(entries(to, view, true, each -> true))
                .and(all(when, view, true, each -> true));
    }

    private Holds asTcp(MeshView view) {
        if (allows && hasAny(MeshCondition::isOfRequests)) {
            return Holds.NO;
        }
        Predicate<MeshCondition> kept = each -> !each.isOfRequests();
        return entries(from, view, false, kept)
                .and(entries(to, view, false, kept))
                .and(all(when, view, false, kept));
    }

    private Holds byZtunnel(MeshView view) {
        if (allows && hasAny(each -> !each.isOfConnections())) {
            return Holds.NO;
        }
        Holds holds = Holds.YES;
        for (List<List<MeshCondition>> clause : List.of(from, to)) {
            Holds its = clause.isEmpty() ? Holds.YES : Holds.NO;
            for (List<MeshCondition> entry : clause) {
                List<MeshCondition> left =
                        entry.stream().filter(MeshCondition::isOfConnections).toList();
                if (!left.isEmpty()) {
                    its = its.or(ofZtunnel(left, view));
                }
            }
            holds = holds.and(its);
        }
        // Each condition is an entry of its own, so one that ztunnel does not know matches nothing.
        boolean isNothingLeft = !when.stream().allMatch(MeshCondition::isOfConnections);
        return holds.and(isNothingLeft ? Holds.NO : ofZtunnel(when, view));
    }

    private static Holds ofZtunnel(List<MeshCondition> conditions, MeshView view) {
        Holds holds = Holds.YES;
        for (MeshCondition each : conditions) {
            holds = holds.and(each.holds(view, false, true));
        }
        return holds;
    }

    private boolean hasAny(Predicate<MeshCondition> which) {
        List<List<MeshCondition>> all = new ArrayList<>(from);
        all.addAll(to);
        all.add(when);
        return all.stream().anyMatch(entry -> entry.stream().anyMatch(which));
    }

    private static Holds entries(
            List<List<MeshCondition>> entries, MeshView view, boolean isHttp, Predicate<MeshCondition> kept) {
        Holds holds = entries.isEmpty() ? Holds.YES : Holds.NO;
        for (List<MeshCondition> entry : entries) {
            holds = holds.or(all(entry, view, isHttp, kept));
        }
        return holds;
    }

    private static Holds all(
            List<MeshCondition> conditions, MeshView view, boolean isHttp, Predicate<MeshCondition> kept) {
        Holds holds = Holds.YES;
        for (MeshCondition each : conditions) {
            if (kept.test(each)) {
                holds = holds.and(each.holds(view, isHttp, false));
            }
        }
        return holds;
    }

    @Override
    public void addBoundaries(Traffic traffic, Set<Integer> boundaries) {
        Stream.of(from, to, List.of(when))
                .flatMap(List::stream)
                .flatMap(List::stream)
                .filter(each -> each.attribute() == MeshCondition.Attribute.PORT)
                .flatMap(each -> each.values().stream())
                .map(Integer::valueOf)
                .forEach(port ->
                        PortClause.range("TCP", port, port).addBoundaries(traffic.destination(), "TCP", boundaries));
    }

    @Override
    public String reason(Traffic traffic, Holds answer) {
        MeshView view = facts.view(traffic);
        boolean isZtunnel = IstioFacts.proxy(traffic.destination()) == MeshProxy.Kind.AMBIENT;
        boolean isHttp = !isZtunnel && (view.http() != null || facts.declared(traffic) == IstioFacts.Declared.HTTP);
        String reasons = new MeshReasons(view, isHttp, isZtunnel, answer).of(this);
        if (!reasons.isEmpty()) {
            return reasons;
        }
        return answer == Holds.NO
                ? "it is about requests, which the proxy does not see at this port"
                : "it is not known whether the traffic is HTTP";
    }
}
