package dev.weir.policy.explain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Selected;
import dev.weir.policy.Tier;
import dev.weir.policy.Traffic;
import dev.weir.policy.dialect.admin.AdminDialect;
import dev.weir.policy.manifest.RuleWriter;
import dev.weir.policy.manifest.YamlText;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tightest policy that denies allowed traffic and nothing else: a rule for just these two ends and this port, asked
 * before whatever allows it. A NetworkPolicy cannot do that, for all it can is allow, so it is a policy of the cluster,
 * of the kind that the set holds already.
 */
public final class DenyPolicy {
    private static final int USUAL_PRIORITY = 100;

    private DenyPolicy() {}

    /**
     * @return null when no policy can: an end that cannot be selected alone, or an allow that stands at priority 0
     */
    public static @Nullable String of(PolicySet policies, Traffic traffic) {
        boolean toPod =
                traffic.destination().selectable() != null && traffic.source().selectable() != null;
        Direction direction = toPod ? Direction.INGRESS : Direction.EGRESS;
        Peer.Pod subject = (toPod ? traffic.destination() : traffic.source()).selectable();
        if (subject == null) {
            return null;
        }
        List<Policy> all = policies.policies();
        boolean v1alpha1 = all.stream().anyMatch(policy -> policy.ref().kind().equals(AdminDialect.ADMIN));
        RuleWriter.Words words = v1alpha1 ? RuleWriter.Words.V1ALPHA1 : RuleWriter.Words.V1ALPHA2;
        String name = "deny-" + AllowPatch.slug(traffic);
        ObjectNode rule = RuleWriter.clusterRule(words, name, false, direction, traffic);
        ObjectNode pods = RuleWriter.pods(subject);
        Optional<Integer> priority =
                priority(all, policies.selecting(toPod ? traffic.destination() : traffic.source(), direction));
        if (rule == null || pods == null || priority.isEmpty()) {
            return null;
        }
        ObjectNode policy = JsonNodeFactory.instance.objectNode();
        policy.put("apiVersion", AdminDialect.GROUP + (v1alpha1 ? "/v1alpha1" : "/v1alpha2"));
        policy.put("kind", v1alpha1 ? AdminDialect.ADMIN : AdminDialect.CLUSTER);
        policy.putObject("metadata").put("name", name);
        ObjectNode spec = policy.putObject("spec");
        if (!v1alpha1) {
            spec.put("tier", "Admin");
        }
        spec.put("priority", priority.get());
        spec.putObject("subject").set("pods", pods);
        spec.putArray(toPod ? "ingress" : "egress").add(rule);
        return YamlText.comment("kubectl apply -f FILE") + YamlText.of(policy);
    }

    /** The highest number that comes before every policy of the tier that selects the subject, and that none has. */
    private static Optional<Integer> priority(List<Policy> all, Selected selected) {
        Set<Integer> taken = all.stream()
                .filter(policy -> policy.tier() == Tier.ADMIN)
                .map(Policy::priority)
                .collect(Collectors.toSet());
        int priority = selected.admin().stream()
                .mapToInt(Policy::priority)
                .map(first -> first - 1)
                .min()
                .orElse(USUAL_PRIORITY);
        while (taken.contains(priority)) {
            priority--;
        }
        return priority < 0 ? Optional.empty() : Optional.of(priority);
    }
}
