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
import dev.weir.policy.PortClause;
import dev.weir.policy.Rule;
import dev.weir.policy.Selected;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Tier;
import dev.weir.policy.Traffic;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.clause.PodClause;
import dev.weir.policy.dialect.admin.AdminDialect;
import dev.weir.policy.manifest.RuleWriter;
import dev.weir.policy.manifest.StableLabels;
import dev.weir.policy.manifest.YamlText;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The smallest change that allows denied traffic on one side: one more rule for just the other end and port, in the
 * policy that is nearest to allowing it. Where that policy is about a whole namespace, as a default deny is, the rule
 * goes into a new policy for the one workload, since in the old one it would open all the others too.
 */
final class AllowPatch {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private AllowPatch() {}

    /**
     * @return a JSON patch in YAML or a new policy, with a comment that says how to apply it; null when the other end
     *     cannot be selected alone
     */
    static @Nullable String of(Selected selected, SideDecision decision, Traffic traffic) {
        Direction direction = selected.direction();
        PolicyRef deciding = decision.decidedBy().get(0);
        for (Policy policy : selected.all()) {
            List<Rule> rules = policy.rules(direction);
            for (int i = 0; i < rules.size() && policy.tier() != Tier.NAMESPACE; i++) {
                if (rules.get(i).ref().equals(deciding)) {
                    return beforeRule(policy, direction, i, traffic);
                }
            }
        }
        Policy nearest = nearest(selected, traffic);
        return isWholeNamespace(nearest)
                ? newPolicy(nearest, direction, traffic)
                : oneMoreRule(nearest, direction, traffic);
    }

    private static Policy nearest(Selected selected, Traffic traffic) {
        Policy nearest = selected.namespace().get(0);
        int distance = Integer.MAX_VALUE;
        for (Policy policy : selected.namespace()) {
            Match match = Explainer.nearest(policy, selected.direction(), traffic);
            int whole = isWholeNamespace(policy) ? 1 : 0;
            int its = match == null ? Integer.MAX_VALUE - 1 + whole : 2 * match.distance() + whole;
            if (its < distance) {
                nearest = policy;
                distance = its;
            }
        }
        return nearest;
    }

    private static boolean isWholeNamespace(Policy policy) {
        if (!(policy.subject() instanceof PodClause pods)) {
            return false;
        }
        LabelSelector selector = pods.pods();
        return selector == null || selector.requirements().isEmpty();
    }

    private static @Nullable String beforeRule(Policy policy, Direction direction, int index, Traffic traffic) {
        RuleWriter.Words words = policy.ref().kind().equals(AdminDialect.CLUSTER)
                ? RuleWriter.Words.V1ALPHA2
                : RuleWriter.Words.V1ALPHA1;
        ObjectNode rule = RuleWriter.clusterRule(words, "allow-" + slug(traffic), true, direction, traffic);
        return rule == null ? null : patch(policy.ref(), "/spec/" + word(direction) + "/" + index, rule, traffic);
    }

    private static @Nullable String oneMoreRule(Policy policy, Direction direction, Traffic traffic) {
        ObjectNode rule =
                RuleWriter.networkPolicyRule(String.valueOf(policy.ref().namespace()), direction, traffic);
        if (rule == null) {
            return null;
        }
        String list = "/spec/" + word(direction);
        if (policy.rules(direction).isEmpty()) {
            ArrayNode rules = JSON.arrayNode();
            rules.add(rule);
            return patch(policy.ref(), list, rules, traffic);
        }
        return patch(policy.ref(), list + "/-", rule, traffic);
    }

    private static @Nullable String newPolicy(Policy isolating, Direction direction, Traffic traffic) {
        Peer.Pod subject = (direction == Direction.INGRESS ? traffic.destination() : traffic.source()).selectable();
        Map<String, String> labels =
                subject == null ? Map.of() : StableLabels.of(subject.identity().labels());
        if (subject == null || labels.isEmpty()) {
            return oneMoreRule(isolating, direction, traffic);
        }
        ObjectNode rule = RuleWriter.networkPolicyRule(subject.namespace(), direction, traffic);
        if (rule == null) {
            return null;
        }
        ObjectNode policy = JSON.objectNode();
        policy.put("apiVersion", "networking.k8s.io/v1").put("kind", "NetworkPolicy");
        policy.putObject("metadata").put("name", "allow-" + slug(traffic)).put("namespace", subject.namespace());
        ObjectNode spec = policy.putObject("spec");
        spec.set("podSelector", RuleWriter.selector(labels));
        spec.putArray("policyTypes").add(direction == Direction.INGRESS ? "Ingress" : "Egress");
        spec.putArray(word(direction)).add(rule);
        return YamlText.comment("kubectl apply -f FILE" + everyPort(traffic)) + YamlText.of(policy);
    }

    private static String patch(PolicyRef policy, String path, JsonNode value, Traffic traffic) {
        ArrayNode operations = JSON.arrayNode();
        operations.addObject().put("op", "add").put("path", path).set("value", value);
        String command = "kubectl patch " + policy.kind().toLowerCase(Locale.ROOT) + " " + policy.name()
                + (policy.namespace() == null ? "" : " -n " + policy.namespace()) + " --type json --patch-file FILE";
        return YamlText.comment(command + everyPort(traffic)) + YamlText.of(operations);
    }

    private static String everyPort(Traffic traffic) {
        if (traffic.port() != null && PortClause.PROTOCOLS.contains(traffic.protocol())) {
            return "";
        }
        return "\n" + traffic.service() + " cannot be allowed alone: this allows every port and protocol.";
    }

    private static String word(Direction direction) {
        return direction.name().toLowerCase(Locale.ROOT);
    }

    /** {@code web-to-db-tcp-5432}. */
    static String slug(Traffic traffic) {
        String text = name(traffic.source()) + "-to-" + name(traffic.destination()) + "-"
                + traffic.service().replace('/', '-');
        String plain = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String cut = plain.length() > 56 ? plain.substring(0, 56) : plain;
        return cut.replaceAll("^-+|-+$", "");
    }

    private static String name(Peer peer) {
        Peer.Pod pod = peer.pod();
        if (pod == null) {
            return peer.node() == null ? String.valueOf(peer.ip()) : peer.node().name();
        }
        Map<String, String> labels = pod.identity().labels();
        for (String key : List.of("app.kubernetes.io/name", "app", "k8s-app", "name")) {
            String value = labels.get(key);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return pod.name();
    }
}
