package dev.weir.policy.explain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import dev.weir.policy.Peer;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Tier;
import dev.weir.policy.Traffic;
import dev.weir.policy.dialect.admin.AdminDialect;
import dev.weir.policy.manifest.RuleWriter;
import dev.weir.policy.manifest.YamlText;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A policy of the cluster with one rule, which decides about exactly one connection, before other policies. */
final class ExactPolicy {
    private static final int USUAL_PRIORITY = 100;

    private ExactPolicy() {}

    /**
     * Builds the policy.
     *
     * @param before the priority that it must precede; null for none
     * @return null when an end cannot be selected alone, or when no priority is left
     */
    static @Nullable String of(
            PolicySet policies,
            RuleWriter.Words words,
            boolean allow,
            Direction direction,
            Traffic traffic,
            @Nullable Integer before) {
        Peer.Pod subject = (direction == Direction.INGRESS ? traffic.destination() : traffic.source()).selectable();
        String name = (allow ? "allow-" : "deny-") + Slug.of(traffic, direction);
        ObjectNode rule = RuleWriter.clusterRule(words, name, allow, direction, traffic);
        ObjectNode pods = subject == null ? null : RuleWriter.pods(subject);
        int priority = priority(policies, before);
        if (rule == null || pods == null || priority < 0) {
            return null;
        }
        boolean v1alpha1 = words == RuleWriter.Words.V1ALPHA1;
        ObjectNode policy = JsonNodeFactory.instance.objectNode();
        policy.put("apiVersion", AdminDialect.GROUP + (v1alpha1 ? "/v1alpha1" : "/v1alpha2"));
        policy.put("kind", v1alpha1 ? AdminDialect.ADMIN : AdminDialect.CLUSTER);
        policy.putObject("metadata").put("name", name);
        ObjectNode spec = policy.putObject("spec");
        if (!v1alpha1) {
            spec.put("tier", "Admin");
        }
        spec.put("priority", priority);
        spec.putObject("subject").set("pods", pods);
        spec.putArray(direction == Direction.INGRESS ? "ingress" : "egress").add(rule);
        return YamlText.comment("kubectl apply -f FILE" + AllowPatch.everyPort(traffic)) + YamlText.of(policy);
    }

    /** The highest number below the limit that no policy of the tier has; -1 when all are taken. */
    private static int priority(PolicySet policies, @Nullable Integer before) {
        Set<Integer> taken = policies.policies().stream()
                .filter(policy -> policy.tier().equals(Tier.ADMIN))
                .map(policy -> (int) policy.priority())
                .collect(Collectors.toSet());
        int priority = before == null ? USUAL_PRIORITY : before - 1;
        while (priority >= 0 && taken.contains(priority)) {
            priority--;
        }
        return priority;
    }
}
