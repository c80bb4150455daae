package dev.weir.policy.dialect.calico;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.PolicyRef;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.Tier;
import dev.weir.policy.dialect.admin.AdminChanges;
import dev.weir.policy.dialect.admin.AdminDialect;
import dev.weir.policy.dialect.kubernetes.KubernetesDialect;
import dev.weir.policy.dialect.kubernetes.NetworkPolicyChanges;
import dev.weir.policy.manifest.ChangeWriter;
import dev.weir.policy.manifest.DecidedSide;
import dev.weir.policy.manifest.PolicyChange;
import dev.weir.policy.manifest.StableLabels;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes in the terms of Calico: a policy for the one workload in the tier that decides, with one rule, which is
 * asked just before the policy that decides.
 */
final class CalicoChanges implements ChangeWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ClusterFacts cluster;
    private final CalicoFacts facts;

    CalicoChanges(ClusterFacts cluster) {
        this.cluster = cluster;
        this.facts = CalicoFacts.of(cluster);
    }

    /** Writes a rule of a NetworkPolicy where one is nearest: its rules end the decision as those of Calico do. */
    @Override
    public @Nullable PolicyChange allow(DecidedSide side) {
        Policy start = side.start();
        if (start == null) {
            return null;
        }
        if (start.ref().kind().equals(KubernetesDialect.NETWORK_POLICY)) {
            return new NetworkPolicyChanges(cluster).allow(side);
        }
        CalicoEntry writer = new CalicoEntry(side, facts);
        return policy(side, true, start.tier(), writer.allowing(), writer.remark());
    }

    @Override
    public @Nullable PolicyChange deny(DecidedSide side) {
        Policy start = side.start();
        if (start != null && AdminDialect.has(start.ref())) {
            return new AdminChanges(cluster).deny(side);
        }
        Tier tier = start == null ? firstOf(side) : start.tier();
        return policy(side, false, tier, new CalicoEntry(side, facts).denying(), "");
    }

    /** The first tier in which a policy of Calico selects the end, or else the one that there always is. */
    private static Tier firstOf(DecidedSide side) {
        return side.selected().tiers().stream()
                .map(each -> each.tier())
                .filter(tier -> CalicoTiers.nameForPods(tier) != null)
                .findFirst()
                .orElse(CalicoTiers.named(CalicoTiers.DEFAULT).tier());
    }

    private @Nullable PolicyChange policy(
            DecidedSide side, boolean allows, Tier tier, @Nullable ObjectNode rule, String remark) {
        Peer.Pod subject = side.subject().selectable();
        String name = CalicoTiers.nameForPods(tier);
        CalicoScope scope = subject == null ? null : scope(side, tier, subject);
        if (subject == null || rule == null || name == null || scope == null) {
            return null;
        }
        String group = group(side);
        ObjectNode policy = JSON.objectNode();
        policy.put("apiVersion", group + (group.equals(CalicoDialect.STORED) ? "/v1" : "/v3"))
                .put("kind", KubernetesDialect.NETWORK_POLICY);
        policy.putObject("metadata")
                .put("name", prefix(group, name) + side.name(allows))
                .put("namespace", subject.namespace());
        ObjectNode spec = policy.putObject("spec").put("tier", name);
        List<Policy> others = side.selected().of(tier);
        CalicoOrder.put(spec, CalicoOrder.before(CalicoOrder.deciding(others, side), others));
        spec.put("selector", scope.selector());
        if (scope.accounts() != null) {
            spec.put("serviceAccountSelector", scope.accounts());
        }
        spec.putArray("types").add(side.isIngress() ? "Ingress" : "Egress");
        ArrayNode rules = spec.putArray(side.direction().id()).add(rule);
        if (others.isEmpty() && isClosed(tier)) {
            // The tier was not asked about the rest of the traffic, which its default action would deny.
            rules.addObject().put("action", CalicoTiers.PASS);
        }
        return PolicyChange.of(policy, remark);
    }

    private boolean isClosed(Tier tier) {
        String name = CalicoTiers.nameForPods(tier);
        return name != null && CalicoTiers.isClosed(name, facts);
    }

    /** The pods that a policy of a tier may select; null if nothing selects them alone. */
    private @Nullable CalicoScope scope(DecidedSide side, Tier tier, Peer.Pod subject) {
        Map<String, String> labels = StableLabels.of(subject.identity().labels());
        if (labels.isEmpty()) {
            return null;
        }
        List<Policy> others = side.selected().of(tier);
        if (!others.isEmpty()) {
            return CalicoScope.beside(closing(others, side), subject, labels);
        }
        List<Policy> elsewhere = side.policies().policies().stream()
                .filter(policy -> policy.tier().equals(tier))
                .toList();
        return CalicoScope.apart(closing(elsewhere, side), subject, labels);
    }

    private static List<Policy> closing(List<Policy> policies, DecidedSide side) {
        return policies.stream()
                .filter(policy -> policy.isolated().contains(side.direction()))
                .toList();
    }

    /** The group of the policy that decides, or else of the others that are in force. */
    private static String group(DecidedSide side) {
        Policy start = side.start();
        List<PolicyRef> refs = start != null && isOf(start.ref(), "")
                ? List.of(start.ref())
                : side.policies().policies().stream().map(Policy::ref).toList();
        boolean isStored = refs.stream().anyMatch(ref -> isOf(ref, CalicoDialect.STORED))
                && refs.stream()
                        .noneMatch(ref -> isOf(ref, "." + CalicoDialect.SERVED) && !isOf(ref, CalicoDialect.STORED));
        return isStored ? CalicoDialect.STORED : CalicoDialect.SERVED;
    }

    private static boolean isOf(PolicyRef ref, String group) {
        return ref.kind().endsWith(CalicoDialect.SERVED) && ref.kind().endsWith(group);
    }

    /** The name of the tier, with which names of policies begin in Calico before 3.30 and in its store. */
    private static String prefix(String group, String tier) {
        boolean isPlain = tier.equals(CalicoTiers.DEFAULT) && group.equals(CalicoDialect.SERVED);
        return isPlain ? "" : tier + ".";
    }
}
