package dev.weir.policy.dialect.cilium;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Action;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.manifest.ChangeWriter;
import dev.weir.policy.manifest.DecidedSide;
import dev.weir.policy.manifest.PolicyChange;
import dev.weir.policy.manifest.RuleWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes in the terms of Cilium. An entry that allows helps where no entry denies; it goes into the nearest
 * CiliumNetworkPolicy, or into a new one where that is about all pods or of another kind. A new policy closes nothing.
 */
final class CiliumChanges implements ChangeWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String HOSTNAME = "kubernetes.io/hostname";

    private final CiliumFacts facts;

    CiliumChanges(ClusterFacts facts) {
        this.facts = CiliumFacts.of(facts);
    }

    @Override
    public @Nullable PolicyChange allow(DecidedSide side) {
        CiliumEntry writer = new CiliumEntry(side, facts);
        ObjectNode entry = side.isByRule() ? null : writer.allowing();
        if (entry == null) {
            return null;
        }
        String remark = remark(side.everyPort(), writer.remark());
        Policy start = side.start();
        if (start != null && takes(start)) {
            ObjectNode same = policy(
                    side, side.name(true), JSON.objectNode(), side.direction().id(), entry);
            return new PolicyChange(same, addition(side, start, entry), remark);
        }
        ObjectNode selector = subject(side.subject());
        return selector == null
                ? null
                : PolicyChange.of(
                        policy(side, side.name(true), selector, side.direction().id(), entry), remark);
    }

    @Override
    public @Nullable PolicyChange deny(DecidedSide side) {
        CiliumEntry writer = new CiliumEntry(side, facts);
        ObjectNode entry = writer.denying();
        ObjectNode selector = subject(side.subject());
        if (entry == null || selector == null) {
            return null;
        }
        String list = side.direction().id() + CiliumRules.DENY;
        return PolicyChange.of(policy(side, side.name(false), selector, list, entry), writer.remark());
    }

    private static String remark(String first, String second) {
        return first.isEmpty() || second.isEmpty() ? first + second : first + "\n" + second;
    }

    /** True if an entry may be added to a policy, so that it holds for the pods that the policy selects. */
    private static boolean takes(Policy policy) {
        return policy.ref().kind().equals(CiliumDialect.NAMESPACED)
                && !policy.subject().isWide();
    }

    private static PolicyChange.Addition addition(DecidedSide side, Policy to, ObjectNode entry) {
        String rule = to.ref().rule();
        String object = rule == null ? "/spec" : "/" + rule.replace('[', '/').replace("]", "");
        String list = object + "/" + side.direction().id();
        boolean isFirst = !hasEntries(to, side);
        JsonNode value = isFirst ? JSON.arrayNode().add(entry) : entry;
        PolicyRef whole = to.ref().withoutRule();
        return new PolicyChange.Addition(whole, isFirst ? list : list + "/-", value);
    }

    /** True if the policy has an entry that allows something, or demands something of those that do. */
    private static boolean hasEntries(Policy policy, DecidedSide side) {
        return policy.rules(side.direction()).stream().anyMatch(rule -> rule.action() == Action.ALLOW)
                || policy.requirements().stream()
                        .anyMatch(each -> each.direction() == side.direction() && each.action() == Action.ALLOW);
    }

    /** A selector of one workload, or of one node; null if nothing selects it alone. */
    private static @Nullable ObjectNode subject(Peer subject) {
        Peer.Pod pod = subject.selectable();
        Peer.Node node = subject.node();
        if (pod != null) {
            Map<String, String> labels = CiliumEntry.labels(pod);
            return labels.isEmpty() ? null : RuleWriter.selector(labels);
        }
        String hostname = node == null ? null : node.labels().get(HOSTNAME);
        return hostname == null ? null : RuleWriter.selector(Map.of(HOSTNAME, hostname));
    }

    private static ObjectNode policy(
            DecidedSide side, String name, ObjectNode selector, String list, ObjectNode entry) {
        Peer.Pod pod = side.subject().selectable();
        ObjectNode policy = JSON.objectNode();
        policy.put("apiVersion", CiliumDialect.VERSION)
                .put("kind", pod == null ? CiliumDialect.CLUSTERWIDE : CiliumDialect.NAMESPACED);
        ObjectNode metadata = policy.putObject("metadata").put("name", name);
        if (pod != null) {
            metadata.put("namespace", pod.namespace());
        }
        ObjectNode spec = policy.putObject("spec");
        spec.set(pod == null ? "nodeSelector" : "endpointSelector", selector);
        spec.putObject("enableDefaultDeny").put("ingress", false).put("egress", false);
        spec.putArray(list).add(entry);
        return policy;
    }
}
