package dev.weir.alerting.api;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.cluster.ClusterView;
import dev.weir.common.manifest.Manifest;
import dev.weir.model.ContextChange;
import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.model.codec.Json;
import dev.weir.policy.AuditMode;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Tier;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Ends;
import dev.weir.policy.cluster.Member;
import dev.weir.policy.explain.Explained;
import dev.weir.policy.explain.Explainer;
import dev.weir.policy.explain.Explanation;
import io.javalin.http.HttpResponseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Operations of the cluster's workloads and policies, and of explanations. */
final class ClusterOperations {
    private static final String HIDDEN = "This end is in a namespace that you may not see.";

    private static final TypeReference<Map<String, Object>> MANIFEST = new TypeReference<>() {};

    private static final Param CLUSTER = Param.text("cluster", "name of the cluster; needed if there are several");

    private final ClusterView view;

    /** A page of workloads, ordered by key. */
    record WorkloadPage(
            List<WorkloadView> workloads, @Nullable String nextAfter) {}

    /**
     * A workload and the policies that select it.
     *
     * @param pods pods that the cluster describes
     * @param listens protocol and port of its containers
     */
    record WorkloadView(
            String namespace,
            String workload,
            String kind,
            int pods,
            List<String> listens,
            Isolation ingress,
            Isolation egress) {
        String key() {
            return namespace + "/" + workload + "/" + kind;
        }
    }

    /**
     * The policies of one direction.
     *
     * @param isolated true if a policy selects all pods of the workload, so that traffic needs a rule that allows it
     */
    record Isolation(boolean isolated, List<String> policies) {}

    /** A page of policies, ordered by key. */
    record PolicyPage(List<PolicyView> policies, @Nullable String nextAfter) {}

    /**
     * A policy as the engine applies it.
     *
     * @param namespace absent for a cluster-wide policy
     * @param priority order within the tier, the lowest first; absent if the policy gives none and is last
     * @param mode {@code enforced}, or {@code audit} if the policy carries the audit label or annotation
     * @param selects number of workloads that it selects, of those that the caller may see
     * @param origin source of the manifest
     * @param validFromMs time of the last change; 0 if unknown
     * @param manifest the Kubernetes object; present on request
     */
    record PolicyView(
            String kind,
            @Nullable String namespace,
            String name,
            String tier,
            @Nullable Double priority,
            String mode,
            List<String> directions,
            int rules,
            int selects,
            String origin,
            long validFromMs,
            @Nullable Map<String, Object> manifest) {}

    /** One explanation for each pair of pods with a different result. */
    record ExplanationList(List<Explained> explanations) {}

    ClusterOperations(ClusterView view) {
        this.view = view;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                        "/workloads",
                        "listWorkloads",
                        "Lists workloads of a cluster, and the policies that select them.",
                        WorkloadPage.class,
                        List.of(
                                CLUSTER,
                                Param.text("namespace", "namespace of the workload"),
                                Param.text("workload", "name of the workload"),
                                Param.flag(
                                        "isolated", "true for workloads isolated in both directions, false for others"),
                                Param.text("after", "next_after of the page before"),
                                Param.number("limit", "most rows of the page; 100 by default", 1, Call.MAX_LIMIT)),
                        this::workloads),
                Operation.get(
                        "/policies",
                        "listPolicies",
                        "Lists policies of a cluster as the policy engine applies them.",
                        PolicyPage.class,
                        List.of(
                                CLUSTER,
                                Param.text("namespace", "namespace of the policy"),
                                Param.text("kind", "kind of the policy, for example NetworkPolicy"),
                                Param.text("name", "name of the policy"),
                                Param.flag("manifest", "true to include the manifest"),
                                Param.text("after", "next_after of the page before"),
                                Param.number("limit", "most rows of the page; 100 by default", 1, Call.MAX_LIMIT)),
                        this::policies),
                Operation.get(
                        "/explanations",
                        "explain",
                        "Explains why the policies allow or deny a connection, and what would change that.",
                        ExplanationList.class,
                        List.of(
                                CLUSTER,
                                Param.text("from", "source: NAMESPACE/POD, NAMESPACE/WORKLOAD or an IP address")
                                        .needed(),
                                Param.text("to", "destination, in the same forms")
                                        .needed(),
                                Param.text("protocol", "TCP by default; or UDP, SCTP, ICMP, ICMPV6"),
                                Param.number("port", "destination port", 1, 65_535)),
                        this::explain));
    }

    private Answer workloads(Call call) {
        Cluster cluster = snapshot(call).cluster();
        String namespace = call.text("namespace");
        String workload = call.text("workload");
        Boolean isolated = call.text("isolated") == null ? null : (Boolean) call.flag("isolated");
        Map<String, List<Member>> members = new TreeMap<>();
        for (Member member : cluster.members()) {
            String own = member.workload().namespace();
            boolean isAsked = call.scope().has(own)
                    && (namespace == null || namespace.equals(own))
                    && (workload == null || workload.equals(member.workload().name()));
            if (isAsked) {
                members.computeIfAbsent(key(member), key -> new ArrayList<>()).add(member);
            }
        }
        String after = call.after();
        List<WorkloadView> found = members.entrySet().stream()
                .filter(each -> after == null || each.getKey().compareTo(after) > 0)
                .map(each -> workload(each.getValue(), cluster.policies()))
                .filter(each -> isolated == null
                        || isolated
                                == (each.ingress().isolated() && each.egress().isolated()))
                .limit(call.limit() + 1L)
                .toList();
        Page<WorkloadView> page = Page.of(found, call.limit());
        return Answer.of(new WorkloadPage(page.rows(), page.next(each -> Call.afterText(each.key()))));
    }

    private static String key(Member member) {
        return member.workload().namespace() + "/" + member.workload().name() + "/"
                + member.workload().kind();
    }

    private static WorkloadView workload(List<Member> members, PolicySet policies) {
        Member first = members.get(0);
        Set<String> listens = new TreeSet<>();
        members.forEach(member -> listens.addAll(member.listens()));
        return new WorkloadView(
                first.workload().namespace(),
                first.workload().name(),
                first.workload().kind(),
                (int) members.stream().filter(Member::described).count(),
                List.copyOf(listens),
                isolation(members, policies, Direction.INGRESS),
                isolation(members, policies, Direction.EGRESS));
    }

    private static Isolation isolation(List<Member> members, PolicySet policies, Direction direction) {
        Set<String> selecting = new LinkedHashSet<>();
        boolean isIsolated = true;
        for (Member member : members) {
            List<Policy> all =
                    policies.selecting(member.peers().get(0), direction).all();
            all.forEach(policy -> selecting.add(policy.ref().display()));
            isIsolated &= all.stream().anyMatch(policy -> policy.tier().equals(Tier.NAMESPACE));
        }
        return new Isolation(isIsolated, List.copyOf(selecting));
    }

    private Answer policies(Call call) {
        ClusterView.Snapshot snapshot = snapshot(call);
        String namespace = call.text("namespace");
        String kind = call.text("kind");
        String name = call.text("name");
        String after = call.after();
        List<Policy> found = snapshot.cluster().policies().policies().stream()
                .filter(policy -> isVisible(policy.ref(), call.scope())
                        && (namespace == null || namespace.equals(policy.ref().namespace()))
                        && (kind == null || kind.equals(policy.ref().kind()))
                        && (name == null || name.equals(policy.ref().name()))
                        && (after == null || key(policy).compareTo(after) > 0))
                .sorted(Comparator.comparing(ClusterOperations::key))
                .limit(call.limit() + 1L)
                .toList();
        Page<Policy> page = Page.of(found, call.limit());
        return Answer.of(new PolicyPage(
                page.rows().stream()
                        .map(policy -> policy(policy, snapshot, call))
                        .toList(),
                page.next(policy -> Call.afterText(key(policy)))));
    }

    /**
     * The cluster of the request.
     *
     * @throws HttpResponseException 400 if the named cluster is unknown, or if none is named and there are several
     */
    private ClusterView.Snapshot snapshot(Call call) {
        String asked = call.text("cluster");
        List<String> names = view.names();
        if (asked == null && names.size() > 1 || asked != null && !names.contains(asked)) {
            String known = names.stream()
                    .map(name -> name.isEmpty() ? "one without a name" : name)
                    .collect(Collectors.joining(", "));
            throw new HttpResponseException(
                    400,
                    asked == null
                            ? "cluster: there are several; give one of: " + known
                            : "cluster: '" + asked + "' is not known; known are: " + known);
        }
        return view.snapshot(asked != null ? asked : names.isEmpty() ? "" : names.get(0));
    }

    private static String key(Policy policy) {
        return ContextChange.key(
                policy.ref().kind(), policy.ref().namespace(), policy.ref().name());
    }

    /** Cluster-wide policies are visible to every caller, since they apply to every namespace. */
    private static boolean isVisible(PolicyRef ref, NamespaceScope scope) {
        return ref.namespace() == null || scope.has(ref.namespace());
    }

    private static PolicyView policy(Policy policy, ClusterView.Snapshot snapshot, Call call) {
        PolicyRef ref = policy.ref();
        String key = (snapshot.name() == null ? "" : snapshot.name() + "/") + key(policy);
        ContextChange change = snapshot.changes().get(key);
        Manifest manifest = snapshot.cluster().policyManifests().get(ref);
        long selects = snapshot.cluster().members().stream()
                .filter(member -> call.scope().has(member.workload().namespace())
                        && policy.subject().selects(member.pod().identity()))
                .map(Member::workload)
                .distinct()
                .count();
        return new PolicyView(
                ref.kind(),
                ref.namespace(),
                ref.name(),
                policy.tier().id(),
                Double.isInfinite(policy.priority()) ? null : policy.priority(),
                manifest != null && AuditMode.isSet(manifest.object()) ? "audit" : "enforced",
                policy.directions().stream().map(Direction::id).sorted().toList(),
                policy.rules().values().stream().mapToInt(List::size).sum(),
                (int) selects,
                change == null ? "unknown" : change.origin(),
                change == null ? 0 : change.validFromMs(),
                manifest == null || !call.flag("manifest")
                        ? null
                        : Json.MAPPER.convertValue(manifest.object(), MANIFEST));
    }

    private Answer explain(Call call) {
        String from = call.required("from");
        String to = call.required("to");
        ClusterView.Snapshot snapshot = snapshot(call);
        PolicySet policies = snapshot.cluster().policies();
        Long port = call.number("port");
        try {
            List<Traffic> all = new Ends(snapshot.cluster(), snapshot.manifests())
                    .traffic(
                            from,
                            to,
                            Objects.requireNonNullElse(call.text("protocol"), "TCP"),
                            port == null ? null : port.intValue());
            NamespaceScope scope = call.scope();
            boolean isOurs = scope.isAll()
                    || all.stream().allMatch(each -> isIn(each.source(), scope) || isIn(each.destination(), scope));
            if (!isOurs) {
                throw nothing();
            }
            List<Explanation> explanations = Explainer.explainAll(policies, all);
            return Answer.of(new ExplanationList(explanations.stream()
                    .map(each -> within(Explained.of(each, policies), each.traffic(), from, to, scope))
                    .toList()));
        } catch (Ends.UnknownException e) {
            // Protocol and port are checked before the ends are looked up, so their errors disclose nothing.
            boolean isOfEnds = e.field().equals("from") || e.field().equals("to");
            throw isOfEnds && !call.scope().isAll()
                    ? nothing()
                    : new HttpResponseException(400, e.field() + ": " + e.getMessage());
        }
    }

    /** One answer for a forbidden and for a missing end, so that it does not disclose which names exist. */
    private static HttpResponseException nothing() {
        return new HttpResponseException(
                404, "from and to match no connection with an end in a namespace that you may see");
    }

    /** The explanation for a caller who may see one end only: the result, and the policies of that end. */
    private static Explained within(Explained whole, Traffic traffic, String from, String to, NamespaceScope scope) {
        boolean seesSource = traffic.source().pod() == null || isIn(traffic.source(), scope);
        boolean seesDestination = traffic.destination().pod() == null || isIn(traffic.destination(), scope);
        if (seesSource && seesDestination) {
            return whole;
        }
        return new Explained(
                seesSource ? whole.from() : from,
                seesDestination ? whole.to() : to,
                whole.protocol(),
                whole.port(),
                whole.expected(),
                seesSource ? redacted(whole.egress()) : hidden(whole.egress()),
                seesDestination ? redacted(whole.ingress()) : hidden(whole.ingress()),
                whole.mesh() == null ? null : seesDestination ? redacted(whole.mesh()) : hidden(whole.mesh()),
                whole.caveats(),
                null,
                null);
    }

    /** Leaves out the sentences, since they describe the other end too. */
    private static Explained.Side redacted(Explained.Side side) {
        return new Explained.Side(
                side.expected(),
                "The other end is in a namespace that you may not see; these policies of yours decide.",
                side.decidedBy(),
                side.passedBy(),
                List.of());
    }

    private static Explained.Side hidden(Explained.Side side) {
        return new Explained.Side(side.expected(), HIDDEN, List.of(), List.of(), List.of());
    }

    private static boolean isIn(Peer peer, NamespaceScope scope) {
        Peer.Pod pod = peer.pod();
        return scope.isAll() || (pod != null && scope.has(pod.namespace()));
    }
}
