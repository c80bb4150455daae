package dev.weir.policy.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Match;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.PortClause;
import dev.weir.policy.Selected;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Tier;
import dev.weir.policy.Traffic;
import dev.weir.policy.clause.LabelOperator;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.clause.PodClause;
import dev.weir.policy.dialect.admin.AdminDialect;
import dev.weir.policy.dialect.kubernetes.KubernetesDialect;
import dev.weir.policy.manifest.RuleWriter;
import dev.weir.policy.manifest.StableLabels;
import dev.weir.policy.manifest.YamlText;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The smallest change that allows denied traffic on one side: one more rule for exactly the other end and port, in the
 * policy that is nearest to allowing it. If that policy selects all pods or nearly all, as a default deny does, the
 * rule goes into a new policy for the one workload, since in the old one it would allow the traffic of all the others
 * too.
 */
final class AllowPatch {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private AllowPatch() {}

    /**
     * Builds the change.
     *
     * @return a JSON patch in YAML or a new policy, with a comment that says how to apply it; null when an end cannot
     *     be selected alone, and when a policy denies whose dialect has an order of its own
     */
    static @Nullable String of(PolicySet policies, Selected selected, SideDecision decision, Traffic traffic) {
        PolicyRef deciding = decision.decidedBy().get(0);
        for (Policy policy : selected.all()) {
            if (!policy.tier().equals(Tier.NAMESPACE)
                    && policy.rules(selected.direction()).stream()
                            .anyMatch(rule -> rule.ref().equals(deciding))) {
                return AdminDialect.has(policy.ref())
                        ? beforeRule(policies, selected, policy, decision, traffic)
                        : null;
            }
        }
        Policy nearest = nearest(selected, traffic);
        if (nearest == null) {
            return null;
        }
        return isWide(nearest) || !nearest.ref().kind().equals(KubernetesDialect.NETWORK_POLICY)
                ? newPolicy(selected.direction(), traffic)
                : oneMoreRule(nearest, selected.direction(), traffic);
    }

    /** The NetworkPolicy that comes nearest to allowing the traffic; null if another dialect isolates. */
    private static @Nullable Policy nearest(Selected selected, Traffic traffic) {
        List<Policy> policies = selected.of(Tier.NAMESPACE);
        Policy nearest = null;
        int distance = Integer.MAX_VALUE;
        for (Policy policy : policies) {
            Match match = Explainer.nearest(policy, selected.direction(), traffic);
            int whole = isWide(policy) ? 1 : 0;
            int its = match == null ? Integer.MAX_VALUE - 1 + whole : 2 * match.distance() + whole;
            if (nearest == null || its < distance) {
                nearest = policy;
                distance = its;
            }
        }
        return nearest;
    }

    /** True if the policy selects all pods, or all but some. */
    private static boolean isWide(Policy policy) {
        if (!(policy.subject() instanceof PodClause pods)) {
            return false;
        }
        LabelSelector selector = pods.pods();
        return selector == null
                || selector.requirements().stream()
                        .noneMatch(requirement -> requirement.operator() == LabelOperator.IN);
    }

    /**
     * Builds an allow as a policy of its own with precedence, since a rule in the denying policy would hold for all its
     * pods.
     */
    private static @Nullable String beforeRule(
            PolicySet policies, Selected selected, Policy denying, SideDecision decision, Traffic traffic) {
        RuleWriter.Words words = denying.ref().kind().equals(AdminDialect.CLUSTER)
                ? RuleWriter.Words.V1ALPHA2
                : RuleWriter.Words.V1ALPHA1;
        List<PolicyRef> first = decision.passedBy().isEmpty() ? decision.decidedBy() : decision.passedBy();
        Integer before = selected.of(Tier.ADMIN).stream()
                .filter(policy -> policy.rules(selected.direction()).stream()
                        .anyMatch(rule -> rule.ref().equals(first.get(0))))
                .map(policy -> (int) policy.priority())
                .findFirst()
                .orElse(null);
        return ExactPolicy.of(policies, words, true, selected.direction(), traffic, before);
    }

    private static @Nullable String oneMoreRule(Policy policy, Direction direction, Traffic traffic) {
        ObjectNode rule =
                RuleWriter.networkPolicyRule(String.valueOf(policy.ref().namespace()), direction, traffic);
        if (rule == null) {
            return null;
        }
        String list = "/spec/" + direction.id();
        if (policy.rules(direction).isEmpty()) {
            ArrayNode rules = JSON.arrayNode();
            rules.add(rule);
            return patch(policy.ref(), list, rules, traffic);
        }
        return patch(policy.ref(), list + "/-", rule, traffic);
    }

    private static @Nullable String newPolicy(Direction direction, Traffic traffic) {
        Peer.Pod subject = (direction == Direction.INGRESS ? traffic.destination() : traffic.source()).selectable();
        Map<String, String> labels =
                subject == null ? Map.of() : StableLabels.of(subject.identity().labels());
        if (subject == null || labels.isEmpty()) {
            return null;
        }
        ObjectNode rule = RuleWriter.networkPolicyRule(subject.namespace(), direction, traffic);
        if (rule == null) {
            return null;
        }
        ObjectNode policy = JSON.objectNode();
        policy.put("apiVersion", "networking.k8s.io/v1").put("kind", "NetworkPolicy");
        policy.putObject("metadata")
                .put("name", "allow-" + Slug.of(traffic, direction))
                .put("namespace", subject.namespace());
        ObjectNode spec = policy.putObject("spec");
        spec.set("podSelector", RuleWriter.selector(labels));
        spec.putArray("policyTypes").add(direction == Direction.INGRESS ? "Ingress" : "Egress");
        spec.putArray(direction.id()).add(rule);
        return YamlText.comment("kubectl apply -f FILE" + everyPort(traffic)) + YamlText.of(policy);
    }

    private static String patch(PolicyRef policy, String path, JsonNode value, Traffic traffic) {
        ArrayNode operations = JSON.arrayNode();
        operations.addObject().put("op", "add").put("path", path).set("value", value);
        String command = "kubectl patch " + policy.kind().toLowerCase(Locale.ROOT) + " " + policy.name()
                + (policy.namespace() == null ? "" : " -n " + policy.namespace()) + " --type json --patch-file FILE";
        return YamlText.comment(command + everyPort(traffic)) + YamlText.of(operations);
    }

    /** The warning that the change allows more than was asked; empty when it does not. */
    static String everyPort(Traffic traffic) {
        if (isExact(traffic)) {
            return "";
        }
        return "\n" + traffic.service() + " cannot be allowed alone: this allows every port and protocol.";
    }

    /** True if a rule can be about exactly this protocol and port. */
    static boolean isExact(Traffic traffic) {
        return traffic.port() != null && PortClause.PROTOCOLS.contains(traffic.protocol());
    }
}
