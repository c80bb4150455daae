package dev.weir.policy.dialect.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.clause.PodClause;
import dev.weir.policy.dialect.admin.AdminChanges;
import dev.weir.policy.manifest.ChangeWriter;
import dev.weir.policy.manifest.DecidedSide;
import dev.weir.policy.manifest.PolicyChange;
import dev.weir.policy.manifest.RuleWriter;
import dev.weir.policy.manifest.StableLabels;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes of NetworkPolicies: one more rule for exactly the other end and port in the policy that is nearest to
 * allowing it. If that policy selects all pods or nearly all, as a default deny does, the rule goes into a new policy
 * for the one workload, since in the old one it would allow the traffic of all the others too.
 */
public final class NetworkPolicyChanges implements ChangeWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ClusterFacts facts;

    public NetworkPolicyChanges(ClusterFacts facts) {
        this.facts = facts;
    }

    @Override
    public @Nullable PolicyChange allow(DecidedSide side) {
        Peer.Pod subject = side.subject().selectable();
        ObjectNode rule = subject == null
                ? null
                : RuleWriter.networkPolicyRule(subject.namespace(), side.direction(), side.traffic());
        if (subject == null || rule == null) {
            return null;
        }
        Policy start = side.start();
        if (start != null && !start.subject().isWide()) {
            return new PolicyChange(
                    policy(side, subject, RuleWriter.selector(Map.of()), rule),
                    addition(side, start, rule),
                    side.everyPort());
        }
        Map<String, String> labels = StableLabels.of(subject.identity().labels());
        return labels.isEmpty()
                ? null
                : PolicyChange.of(policy(side, subject, selector(labels, start), rule), side.everyPort());
    }

    /** Selects the pods with the labels that the policy at the start selects, too, since the new one closes them. */
    private static ObjectNode selector(Map<String, String> labels, @Nullable Policy start) {
        ObjectNode selector = RuleWriter.selector(labels);
        LabelSelector pods = start != null && start.subject() instanceof PodClause clause ? clause.pods() : null;
        if (pods != null) {
            pods.requirements().stream()
                    .filter(each -> !labels.containsKey(each.key()))
                    .forEach(each -> selector.withArray("/matchExpressions").add(expression(each)));
        }
        return selector;
    }

    private static ObjectNode expression(LabelSelector.Requirement requirement) {
        ObjectNode expression = JSON.objectNode()
                .put("key", requirement.key())
                .put("operator", requirement.operator().id());
        requirement.values().forEach(value -> expression.withArray("/values").add(value));
        return expression;
    }

    /** Writes a policy of the cluster, since a NetworkPolicy can only allow. */
    @Override
    public @Nullable PolicyChange deny(DecidedSide side) {
        return new AdminChanges(facts).deny(side);
    }

    private static PolicyChange.Addition addition(DecidedSide side, Policy to, ObjectNode rule) {
        String list = "/spec/" + side.direction().id();
        boolean isFirst = to.rules(side.direction()).isEmpty();
        JsonNode value = isFirst ? JSON.arrayNode().add(rule) : rule;
        return new PolicyChange.Addition(to.ref(), isFirst ? list : list + "/-", value);
    }

    private static ObjectNode policy(DecidedSide side, Peer.Pod subject, ObjectNode selector, ObjectNode rule) {
        ObjectNode policy = JSON.objectNode();
        policy.put("apiVersion", "networking.k8s.io/v1").put("kind", KubernetesDialect.NETWORK_POLICY);
        policy.putObject("metadata").put("name", side.name(true)).put("namespace", subject.namespace());
        ObjectNode spec = policy.putObject("spec");
        spec.set("podSelector", selector);
        spec.putArray("policyTypes").add(side.isIngress() ? "Ingress" : "Egress");
        spec.putArray(side.direction().id()).add(rule);
        return policy;
    }
}
