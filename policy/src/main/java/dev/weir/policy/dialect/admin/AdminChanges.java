package dev.weir.policy.dialect.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.PolicyRef;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Tier;
import dev.weir.policy.dialect.Enforcers;
import dev.weir.policy.manifest.ChangeWriter;
import dev.weir.policy.manifest.DecidedSide;
import dev.weir.policy.manifest.PolicyChange;
import dev.weir.policy.manifest.RuleWriter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes policies of the cluster with one rule, which decides about exactly one connection, before other policies: a
 * rule in the deciding policy would hold for all its pods.
 */
public final class AdminChanges implements ChangeWriter {
    private static final int USUAL_PRIORITY = 100;

    private final Tier tier;

    public AdminChanges(ClusterFacts facts) {
        this.tier = Enforcers.of(facts).adminTier();
    }

    @Override
    public @Nullable PolicyChange allow(DecidedSide side) {
        Policy start = side.start();
        boolean isOfCluster = start != null && start.ref().kind().equals(AdminDialect.CLUSTER);
        return change(side, isOfCluster ? RuleWriter.Words.V1ALPHA2 : RuleWriter.Words.V1ALPHA1, true, first(side));
    }

    /** The priority of the policy that passes the traffic on, or else of the one that denies; null for none. */
    private @Nullable Integer first(DecidedSide side) {
        List<PolicyRef> refs = side.decision().passedBy().isEmpty()
                ? side.decision().decidedBy()
                : side.decision().passedBy();
        return side.selected().of(tier).stream()
                .filter(policy -> policy.rules(side.direction()).stream()
                        .anyMatch(rule -> rule.ref().equals(refs.get(0))))
                .map(policy -> (int) policy.priority())
                .findFirst()
                .orElse(null);
    }

    /** Writes a policy of the kind that the set holds already. */
    @Override
    public @Nullable PolicyChange deny(DecidedSide side) {
        List<Policy> earlier = side.selected().of(tier);
        if (!side.isExact()
                || !earlier.isEmpty() && !AdminDialect.has(earlier.get(0).ref())) {
            return null;
        }
        boolean isV1Alpha1 = side.policies().policies().stream()
                .anyMatch(policy -> policy.ref().kind().equals(AdminDialect.ADMIN));
        return change(
                side,
                isV1Alpha1 ? RuleWriter.Words.V1ALPHA1 : RuleWriter.Words.V1ALPHA2,
                false,
                earlier.isEmpty() ? null : (int) earlier.get(0).priority());
    }

    private @Nullable PolicyChange change(
            DecidedSide side, RuleWriter.Words words, boolean allows, @Nullable Integer before) {
        Peer.Pod subject = side.subject().selectable();
        String name = side.name(allows);
        ObjectNode rule = RuleWriter.clusterRule(words, name, allows, side.direction(), side.traffic());
        ObjectNode pods = subject == null ? null : RuleWriter.pods(subject);
        int priority = priority(side.policies(), before);
        if (rule == null || pods == null || priority < 0) {
            return null;
        }
        boolean isV1Alpha1 = words == RuleWriter.Words.V1ALPHA1;
        ObjectNode policy = JsonNodeFactory.instance.objectNode();
        policy.put("apiVersion", AdminDialect.GROUP + (isV1Alpha1 ? "/v1alpha1" : "/v1alpha2"));
        policy.put("kind", isV1Alpha1 ? AdminDialect.ADMIN : AdminDialect.CLUSTER);
        policy.putObject("metadata").put("name", name);
        ObjectNode spec = policy.putObject("spec");
        if (!isV1Alpha1) {
            spec.put("tier", "Admin");
        }
        spec.put("priority", priority);
        spec.putObject("subject").set("pods", pods);
        spec.putArray(side.direction().id()).add(rule);
        return PolicyChange.of(policy, side.everyPort());
    }

    /** The highest number below the limit that no policy of the tier has; -1 when all are taken. */
    private int priority(PolicySet policies, @Nullable Integer before) {
        Set<Integer> taken = policies.policies().stream()
                .filter(policy -> policy.tier().equals(tier))
                .map(policy -> (int) policy.priority())
                .collect(Collectors.toSet());
        int priority = before == null ? USUAL_PRIORITY : before - 1;
        while (priority >= 0 && taken.contains(priority)) {
            priority--;
        }
        return priority;
    }
}
