package dev.weir.policy.dialect.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Action;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Policy;
import dev.weir.policy.Tier;
import dev.weir.policy.admission.Admission;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.dialect.Dialect;
import dev.weir.policy.dialect.Enforcer;
import dev.weir.policy.dialect.Enforcers;
import dev.weir.policy.manifest.ChangeWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles the kinds of {@code policy.networking.k8s.io}. */
public final class AdminDialect implements Dialect {
    public static final String GROUP = "policy.networking.k8s.io";
    public static final String ADMIN = "AdminNetworkPolicy";
    public static final String BASELINE = "BaselineAdminNetworkPolicy";
    public static final String CLUSTER = "ClusterNetworkPolicy";

    private static final Set<String> KINDS = Set.of(ADMIN, BASELINE, CLUSTER);
    private static final String V1ALPHA1 = GROUP + "/v1alpha1";
    private static final String V1ALPHA2 = GROUP + "/v1alpha2";
    private static final int LOWEST_PRIORITY = 1_000;

    /** Returns true if the policy is of one of the kinds. */
    public static boolean has(PolicyRef policy) {
        return KINDS.contains(policy.kind());
    }

    @Override
    public String group() {
        return GROUP;
    }

    @Override
    public Set<String> kinds() {
        return KINDS;
    }

    @Override
    public Set<String> clusterKinds() {
        return kinds();
    }

    @Override
    public ChangeWriter changes(ClusterFacts facts) {
        return new AdminChanges(facts);
    }

    @Override
    public List<Policy> compile(String kind, JsonNode given, ClusterFacts facts) {
        JsonNode object = Admission.taken(kind, given);
        Fields root = Fields.of(kind, null, object).allowOnly("apiVersion", "kind", "metadata", "spec", "status");
        Fields spec = root.required("spec");
        Enforcer enforcer = Enforcers.of(facts);
        return List.of(
                switch (kind) {
                    case ADMIN -> admin(version(root, V1ALPHA1), spec, enforcer);
                    case BASELINE -> baseline(version(root, V1ALPHA1), spec, enforcer);
                    default -> cluster(version(root, V1ALPHA2), spec, enforcer);
                });
    }

    private static Policy admin(Fields root, Fields spec, Enforcer enforcer) {
        spec.allowOnly("priority", "subject", "ingress", "egress");
        int priority = spec.child("priority").number(0, LOWEST_PRIORITY);
        return policy(
                ADMIN,
                root,
                spec,
                enforcer.adminTier(),
                priority,
                new AdminRules(
                        new PortsOfV1Alpha1(enforcer.portNames()),
                        Map.of("Allow", Action.ALLOW, "Deny", Action.DENY, "Pass", Action.PASS),
                        true,
                        false));
    }

    private static Policy baseline(Fields root, Fields spec, Enforcer enforcer) {
        spec.allowOnly("subject", "ingress", "egress");
        Fields name = root.child("metadata").child("name");
        if (!name.text().equals("default")) {
            throw name.invalid("'" + name.text() + "' is not 'default', the only name that this kind can have");
        }
        return policy(
                BASELINE,
                root,
                spec,
                enforcer.baselineTier(),
                0,
                new AdminRules(
                        new PortsOfV1Alpha1(enforcer.portNames()),
                        Map.of("Allow", Action.ALLOW, "Deny", Action.DENY),
                        false,
                        false));
    }

    private static Policy cluster(Fields root, Fields spec, Enforcer enforcer) {
        spec.allowOnly("tier", "priority", "subject", "ingress", "egress");
        Fields tier = spec.child("tier");
        int priority = spec.child("priority").number(0, LOWEST_PRIORITY);
        return policy(
                CLUSTER,
                root,
                spec,
                switch (tier.text()) {
                    case "Admin" -> enforcer.adminTier();
                    case "Baseline" -> enforcer.baselineTier();
                    default -> throw tier.invalid("'" + tier.text() + "' is not Admin or Baseline");
                },
                priority,
                new AdminRules(
                        new PortsOfV1Alpha2(enforcer.portNames()),
                        Map.of("Accept", Action.ALLOW, "Deny", Action.DENY, "Pass", Action.PASS),
                        true,
                        true));
    }

    private static Policy policy(String kind, Fields root, Fields spec, Tier tier, int priority, AdminRules rules) {
        PolicyRef ref =
                new PolicyRef(kind, null, root.child("metadata").child("name").text(), null);
        return new Policy(
                ref,
                tier,
                priority,
                rules.subject(spec.required("subject")),
                rules.directions(spec),
                Set.of(),
                rules.parse(ref, spec));
    }

    private static Fields version(Fields root, String version) {
        Fields field = root.child("apiVersion");
        if (!field.absent() && !field.text().equals(version)) {
            throw field.invalid("'" + field.text() + "' is not " + version);
        }
        return root;
    }
}
