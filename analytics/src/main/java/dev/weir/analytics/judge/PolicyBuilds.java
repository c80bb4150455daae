package dev.weir.analytics.judge;

import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Decider;
import dev.weir.policy.Enforcement;
import dev.weir.policy.NetworkAgent;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.dialect.Enforcer;
import dev.weir.policy.dialect.Enforcers;
import dev.weir.policy.dialect.StagedPolicy;
import dev.weir.policy.dialect.istio.Hbone;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Builds the sets of policies of one cluster, and keeps those that were used last. For one thread. */
final class PolicyBuilds {
    /** The number of sets that are kept, since flows that are late belong to sets of before. */
    static final int KEPT = 8;

    private final Deque<Build> last = new ArrayDeque<>();
    private PolicyHistory.InForce newest = PolicyHistory.NOTHING;
    private long built;

    private record Build(
            List<AppliedObject> objects,
            Set<NamedPort> ports,
            Set<NetworkAgent> agents,
            PolicyHistory.InForce inForce) {}

    /** Returns the set of the objects' policies, built anew unless one of the last has equal objects. */
    PolicyHistory.InForce of(List<AppliedObject> objects, Set<NamedPort> ports, Set<NetworkAgent> agents) {
        for (Build build : last) {
            boolean isEqual = build.objects().equals(objects)
                    && build.ports().equals(ports)
                    && build.agents().equals(agents);
            if (isEqual) {
                last.remove(build);
                last.addFirst(build);
                return build.inForce();
            }
        }
        PolicyHistory.InForce built = build(objects, ports, agents);
        last.addFirst(new Build(objects, ports, agents, built));
        if (last.size() > KEPT) {
            last.removeLast();
        }
        return built;
    }

    private PolicyHistory.InForce build(List<AppliedObject> objects, Set<NamedPort> ports, Set<NetworkAgent> agents) {
        built++;
        ClusterFacts facts = new ClusterFacts(
                objects.stream().map(AppliedObject::object).toList(),
                ports,
                objects.stream().map(AppliedObject::group).collect(Collectors.toSet()),
                agents,
                false);
        Enforcer enforcer = Enforcers.of(facts);
        List<Policy> enforced = new ArrayList<>();
        List<Policy> audited = new ArrayList<>();
        objects.forEach(object -> (object.audit() ? audited : enforced).addAll(object.policies(facts, enforcer)));
        Hbone mesh = new Hbone(facts);
        Enforcement enforcement = Enforcers.enforcement(facts);
        // Most decisions that the newest set has cached hold for this one too.
        PolicySet set =
                PolicySet.of(enforced).sentBy(mesh).enforcedBy(enforcement).in(facts);
        newest = new PolicyHistory.InForce(
                newest.enforced().with(set),
                newest.audited()
                        .with(PolicySet.of(audited)
                                .sentBy(mesh)
                                .enforcedBy(enforcement)
                                .in(facts)),
                staged(objects, set, facts));
        return newest;
    }

    private static @Nullable Decider staged(List<AppliedObject> objects, PolicySet enforced, ClusterFacts facts) {
        PolicySet staged = enforced;
        boolean isAny = false;
        for (AppliedObject object : objects) {
            StagedPolicy policy = object.staged();
            if (policy != null) {
                staged = policy.in(staged, facts);
                isAny = true;
            }
        }
        return isAny ? new Decider(staged) : null;
    }

    /** Returns the number of sets that were built. */
    long built() {
        return built;
    }
}
