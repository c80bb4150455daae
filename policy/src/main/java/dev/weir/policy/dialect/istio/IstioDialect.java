package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.model.context.DialectSettings;
import dev.weir.model.context.MeshProxy;
import dev.weir.policy.Action;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Holds;
import dev.weir.policy.Identity;
import dev.weir.policy.NetworkAgent;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.Rule;
import dev.weir.policy.Tier;
import dev.weir.policy.Traffic;
import dev.weir.policy.TrafficClause;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.NeverKnown;
import dev.weir.policy.dialect.Dialect;
import dev.weir.policy.manifest.ChangeWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the policies of Istio, {@code security.istio.io}, which the proxy of the destination enforces. They are a
 * layer of their own: the network must allow a connection as well.
 */
public final class IstioDialect implements Dialect {
    static final String VERSION = "security.istio.io/v1";
    static final String AUTHORIZATION = "AuthorizationPolicy";
    private static final String PEER = "PeerAuthentication";
    private static final Set<String> ACTIONS = Set.of("ALLOW", "DENY", "AUDIT", "CUSTOM");
    private static final Set<String> MODES = Set.of("UNSET", "DISABLE", "PERMISSIVE", "STRICT");
    private static final Set<String> TARGETS = Set.of("Service", "Gateway", "GatewayClass", "ServiceEntry");

    @Override
    public String group() {
        return "security.istio.io";
    }

    @Override
    public Set<String> kinds() {
        return Set.of(AUTHORIZATION, PEER);
    }

    @Override
    public Set<String> clusterKinds() {
        return Set.of();
    }

    /** Returns true: the proxies of the pods enforce the policies. */
    @Override
    public boolean isEnforcedBy(NetworkAgent agent) {
        return true;
    }

    @Override
    public Set<String> referredKinds() {
        return Set.of("Service", PEER, "RequestAuthentication", DialectSettings.KIND);
    }

    @Override
    public ChangeWriter changes(ClusterFacts facts) {
        return new IstioChanges(facts);
    }

    /** The workloads that a policy is attached to; null for all pods of the mesh. */
    static @Nullable Targets targets(Policy policy) {
        return policy.subject() instanceof Received received ? received.targets() : null;
    }

    /**
     * Selects what the pods of a policy receive, as far as their proxies see it.
     *
     * @param targets those of an AuthorizationPolicy; null for a PeerAuthentication
     * @param peer null for an AuthorizationPolicy
     */
    private record Received(
            @Nullable Targets targets, @Nullable PeerAuthentication peer, IstioFacts facts) implements Policy.Subject {
        @Override
        public boolean selects(Identity pod) {
            return true;
        }

        @Override
        public boolean selects(Peer.Pod pod) {
            return switch (IstioFacts.proxy(pod)) {
                case NONE -> false;
                // Which policies a waypoint enforces depends on the Service that is addressed.
                case WAYPOINT ->
                    targets == null ? isOf(pod, null) : !targets.references().isEmpty();
                default -> isOf(pod, null);
            };
        }

        private boolean isOf(Peer.Pod pod, @Nullable String service) {
            boolean isOfPeers =
                    peer != null && peer.isAbout(pod.namespace(), pod.identity().labels());
            return targets == null ? isOfPeers : targets.isAbout(pod, service);
        }

        @Override
        public boolean isConfined() {
            boolean isOfMesh = peer != null && peer.scope() == PeerAuthentication.Scope.MESH;
            return targets == null
                    ? !isOfMesh
                    : !targets.isOfRoot() && targets.references().isEmpty();
        }

        @Override
        public boolean isWide() {
            return targets == null
                    || targets.labels().isEmpty() && targets.references().isEmpty();
        }

        @Override
        public boolean isAbout(Traffic traffic) {
            Peer.Pod pod = traffic.destination().pod();
            String service = traffic.mesh() == null ? null : traffic.mesh().service();
            return pod != null && IstioFacts.isCaught(traffic) && isOf(pod, service);
        }

        @Override
        public void addBoundaries(Traffic traffic, Set<Integer> boundaries) {
            facts.addBoundaries(traffic, boundaries);
        }

        @Override
        public List<Traffic> completions(Traffic traffic) {
            return facts.completions(traffic);
        }
    }

    /** Refuses plaintext where a policy says that mTLS is needed. */
    private record Plaintext(String policy, IstioFacts facts) implements TrafficClause {
        @Override
        public Holds holds(Traffic traffic) {
            Peer.Pod pod = traffic.destination().pod();
            if (pod == null) {
                return Holds.NO;
            }
            PeerAuthentication.Mode mode = facts.mode(pod, traffic.port());
            return mode.isStrict() && mode.by().equals(policy)
                    ? facts.mtls(traffic).negated()
                    : Holds.NO;
        }

        @Override
        public String reason(Traffic traffic, Holds answer) {
            return answer == Holds.NO
                    ? "the connection carries mTLS"
                    : "it is not known whether the connection carries mTLS";
        }
    }

    /** Holds for proxies that enforce requests; ztunnel knows connections only. */
    private record NotAmbient(IstioFacts facts) implements TrafficClause {
        @Override
        public Holds holds(Traffic traffic) {
            return Holds.of(IstioFacts.proxy(traffic.destination()) != MeshProxy.Kind.AMBIENT);
        }

        @Override
        public String reason(Traffic traffic, Holds answer) {
            return "ztunnel asks no external authorizer";
        }
    }

    @Override
    public List<Policy> compile(String kind, JsonNode object, ClusterFacts facts) {
        String namespace = object.path("metadata").path("namespace").asText("default");
        Fields root = Fields.of(kind, namespace, object).allowOnly("apiVersion", "kind", "metadata", "spec", "status");
        Fields name = root.child("metadata").child("name");
        PolicyRef ref = new PolicyRef(kind, namespace, name.subdomain(), null);
        Fields spec = root.child("spec");
        IstioFacts known = IstioFacts.of(facts);
        return kind.equals(PEER)
                ? List.of(peer(ref, namespace, spec, object, known))
                : authorization(ref, namespace, root, spec, known);
    }

    private static void checkSelector(Fields spec) {
        Fields selector = spec.child("selector");
        if (selector.absent()) {
            return;
        }
        selector.allowOnly("matchLabels").child("matchLabels").textMap().forEach((key, value) -> {
            if (value.contains("*") || key.contains("*") || key.isEmpty()) {
                throw selector.child("matchLabels").child(key).invalid("cannot have a *");
            }
        });
    }

    private static Policy peer(PolicyRef ref, String namespace, Fields spec, JsonNode object, IstioFacts facts) {
        if (!spec.absent()) {
            spec.allowOnly("selector", "mtls", "portLevelMtls");
        }
        checkSelector(spec);
        mode(spec.child("mtls"));
        Fields ports = spec.child("portLevelMtls");
        boolean hasLabels =
                !spec.child("selector").child("matchLabels").textMap().isEmpty();
        if (!ports.absent() && !hasLabels) {
            throw ports.invalid("needs a selector");
        }
        if (!ports.absent() && ports.present().isEmpty()) {
            throw ports.invalid("must not be empty");
        }
        for (String port : ports.present()) {
            if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535) {
                throw ports.child(port).invalid("'" + port + "' is not a port of 1..65535");
            }
            mode(ports.child(port));
        }
        Rule rule = Rule.of(ref, Direction.INGRESS, 0, null, Action.DENY, List.of(), List.of())
                .where(List.of(new Plaintext(namespace + "/" + ref.name(), facts)));
        // The policies of all scopes give one mode; a rule knows if the mode is its own.
        PeerAuthentication itself = PeerAuthentication.of(object, facts.settings());
        return policy(ref, Tier.MESH_MTLS, new Received(null, itself, facts), false, List.of(rule));
    }

    private static void mode(Fields mtls) {
        if (mtls.absent()) {
            return;
        }
        Fields mode = mtls.allowOnly("mode").child("mode");
        if (!mode.absent() && !MODES.contains(mode.text())) {
            throw mode.invalid("'" + mode.text() + "' is not UNSET, DISABLE, PERMISSIVE or STRICT");
        }
    }

    private static List<Policy> authorization(
            PolicyRef ref, String namespace, Fields root, Fields spec, IstioFacts facts) {
        if (!spec.absent()) {
            spec.allowOnly("selector", "targetRef", "targetRefs", "rules", "action", "provider");
        }
        checkSelector(spec);
        checkTargets(spec, namespace);
        Fields action = spec.child("action");
        String named = action.absent() ? "ALLOW" : action.text();
        if (!ACTIONS.contains(named)) {
            throw action.invalid("'" + named + "' is not ALLOW, DENY, AUDIT or CUSTOM");
        }
        Fields provider = spec.child("provider");
        if (named.equals("CUSTOM") == provider.absent()) {
            throw provider.invalid(provider.absent() ? "is missing with CUSTOM" : "goes with CUSTOM only");
        }
        List<Fields> entries = spec.child("rules").elements();
        if (entries.isEmpty() && !named.equals("ALLOW")) {
            throw spec.child("rules").invalid("is missing, so the policy would never apply");
        }
        Fields annotation = root.child("metadata").child("annotations").child("istio.io/dry-run");
        boolean isDry = !annotation.absent() && annotation.text().equals("true");
        if (isDry && !named.equals("ALLOW") && !named.equals("DENY")) {
            throw annotation.invalid("goes with ALLOW and DENY only");
        }
        AuthorizationRules reader = new AuthorizationRules(namespace, named, facts);
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            rules.add(rule(ref, i, named, reader.rule(entries.get(i)), facts));
        }
        if (isDry || named.equals("AUDIT")) {
            return List.of();
        }
        Targets targets = Targets.of(namespace, spec.node(), facts.settings());
        return List.of(
                policy(ref, Tier.MESH, new Received(targets, null, facts), named.equals("ALLOW"), List.copyOf(rules)));
    }

    private static Rule rule(PolicyRef policy, int index, String action, MeshRule rule, IstioFacts facts) {
        String id = "rules[" + index + "]";
        PolicyRef ref = new PolicyRef(policy.kind(), policy.namespace(), policy.name(), id);
        List<TrafficClause> conditions = action.equals("CUSTOM")
                ? List.of(new NotAmbient(facts), rule, new NeverKnown("an external authorizer decides"))
                : List.of(rule);
        return new Rule(ref, id, action.equals("ALLOW") ? Action.ALLOW : Action.DENY, List.of(), List.of(), conditions);
    }

    private static Policy policy(PolicyRef ref, Tier tier, Policy.Subject subject, boolean isClosed, List<Rule> rules) {
        Set<Direction> ingress = Set.of(Direction.INGRESS);
        return new Policy(
                ref, tier, 0, subject, ingress, isClosed ? ingress : Set.of(), Map.of(Direction.INGRESS, rules));
    }

    private static void checkTargets(Fields spec, String namespace) {
        List<Fields> references = new ArrayList<>(spec.child("targetRefs").elements());
        @Nullable Fields one = spec.child("targetRef").absent() ? null : spec.child("targetRef");
        if (one != null) {
            references.add(one);
        }
        if (!references.isEmpty() && !spec.child("selector").absent()) {
            throw spec.child("selector").invalid("cannot go with targetRefs");
        }
        for (Fields each : references) {
            each.allowOnly("group", "kind", "name", "namespace");
            each.required("name");
            Fields of = each.child("namespace");
            if (!of.absent() && !of.text().isEmpty() && !of.text().equals(namespace)) {
                throw of.invalid("'" + of.text() + "' is not the namespace of the policy");
            }
            if (!TARGETS.contains(each.required("kind").text())) {
                throw each.child("kind")
                        .invalid("'" + each.child("kind").text()
                                + "' is not Service, ServiceEntry, Gateway or GatewayClass");
            }
        }
    }
}
