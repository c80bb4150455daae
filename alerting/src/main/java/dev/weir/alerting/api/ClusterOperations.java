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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The cluster as it is, and what its policies say. */
final class ClusterOperations {
    private static final String HIDDEN = "This end is in a namespace that you may not see.";

    private static final TypeReference<Map<String, Object>> MANIFEST = new TypeReference<>() {};

    private static final Param CLUSTER = Param.text("cluster", "its name; needed when there are several");

    private final ClusterView view;

    /** In the order of their keys. */
    record WorkloadPage(
            List<WorkloadView> workloads, @Nullable String nextAfter) {}

    /**
     * @param listens protocol and port, as its containers say
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

    /** @param isolated whether a policy selects it, so that what none allows is denied */
    record Isolation(boolean isolated, List<String> policies) {}

    /** In the order of their keys. */
    record PolicyPage(List<PolicyView> policies, @Nullable String nextAfter) {}

    /**
     * @param namespace absent for a policy of the whole cluster
     * @param priority within the tier, the lowest first
     * @param mode {@code enforced}, or {@code audit} when it is known not to be
     * @param selects how many workloads it is about
     * @param origin who told of it
     * @param manifest as YAML or JSON has it; when asked for
     */
    record PolicyView(
            String kind,
            @Nullable String namespace,
            String name,
            String tier,
            int priority,
            String mode,
            List<String> directions,
            int rules,
            int selects,
            String origin,
            long validFromMs,
            @Nullable Map<String, Object> manifest) {}

    /** One for each pair of pods that fares differently. */
    record ExplanationList(List<Explained> explanations) {}

    ClusterOperations(ClusterView view) {
        this.view = view;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                        "/workloads",
                        "listWorkloads",
                        "Workloads of the cluster, and the policies that select them.",
                        WorkloadPage.class,
                        List.of(
                                CLUSTER,
                                Param.text("namespace", "of the workload"),
                                Param.text("workload", "its name"),
                                Param.flag("isolated", "those that are, or are not, isolated both ways"),
                                Param.text("after", "next_after of the page before"),
                                Param.number("limit", "how many at most", 1, Call.MAX_LIMIT)),
                        this::workloads),
                Operation.get(
                        "/policies",
                        "listPolicies",
                        "Policies of the cluster, as they are decided by.",
                        PolicyPage.class,
                        List.of(
                                CLUSTER,
                                Param.text("namespace", "of the policy"),
                                Param.text("kind", "for example NetworkPolicy"),
                                Param.text("name", "its name"),
                                Param.flag("manifest", "with the manifest"),
                                Param.text("after", "next_after of the page before"),
                                Param.number("limit", "how many at most", 1, Call.MAX_LIMIT)),
                        this::policies),
                Operation.get(
                        "/explanations",
                        "explain",
                        "Why the policies allow or deny a connection, and what would change that.",
                        ExplanationList.class,
                        List.of(
                                CLUSTER,
                                Param.text("from", "NAMESPACE/POD, NAMESPACE/WORKLOAD or an IP address")
                                        .needed(),
                                Param.text("to", "the same for the other end").needed(),
                                Param.text("protocol", "TCP, UDP, SCTP, ICMP or ICMPV6; TCP by default"),
                                Param.number("port", "destination port", 1, 65_535)),
                        this::explain));
    }

    private Answer workloads(Call call) {
        Cluster cluster = seen(call).cluster();
        String namespace = call.text("namespace");
        String workload = call.text("workload");
        Boolean isolated = call.text("isolated") == null ? null : (Boolean) call.flag("isolated");
        Map<String, List<Member>> members = new TreeMap<>();
        for (Member member : cluster.members()) {
            String its = member.workload().namespace();
            boolean isAsked = call.scope().has(its)
                    && (namespace == null || namespace.equals(its))
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
        return Answer.of(new WorkloadPage(page(found, call), next(found, call, WorkloadView::key)));
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
            isIsolated &= all.stream().anyMatch(policy -> policy.tier() == Tier.NAMESPACE);
        }
        return new Isolation(isIsolated, List.copyOf(selecting));
    }

    private Answer policies(Call call) {
        ClusterView.Seen seen = seen(call);
        String namespace = call.text("namespace");
        String kind = call.text("kind");
        String name = call.text("name");
        String after = call.after();
        List<Policy> found = seen.cluster().policies().policies().stream()
                .filter(policy -> isVisible(policy.ref(), call.scope())
                        && (namespace == null || namespace.equals(policy.ref().namespace()))
                        && (kind == null || kind.equals(policy.ref().kind()))
                        && (name == null || name.equals(policy.ref().name()))
                        && (after == null || key(policy).compareTo(after) > 0))
                .sorted(Comparator.comparing(ClusterOperations::key))
                .limit(call.limit() + 1L)
                .toList();
        return Answer.of(new PolicyPage(
                page(found, call).stream()
                        .map(policy -> policy(policy, seen, call))
                        .toList(),
                next(found, call, ClusterOperations::key)));
    }

    /**
     * @throws HttpResponseException when the cluster that is asked for is not known, or none is and there are several
     */
    private ClusterView.Seen seen(Call call) {
        String asked = call.text("cluster");
        List<String> names = view.names();
        if (asked == null && names.size() > 1 || asked != null && !names.contains(asked)) {
            String known = names.stream()
                    .map(name -> name.isEmpty() ? "one without a name" : name)
                    .collect(Collectors.joining(", "));
            throw new HttpResponseException(
                    400,
                    asked == null
                            ? "cluster: there are several, name one of: " + known
                            : "cluster: '" + asked + "' is not known; known are: " + known);
        }
        return view.seen(asked != null ? asked : names.isEmpty() ? "" : names.get(0));
    }

    private static String key(Policy policy) {
        return ContextChange.key(
                policy.ref().kind(), policy.ref().namespace(), policy.ref().name());
    }

    /** Policies of the whole cluster are for all to see, since they hold for all. */
    private static boolean isVisible(PolicyRef ref, NamespaceScope scope) {
        return ref.namespace() == null || scope.has(ref.namespace());
    }

    private static PolicyView policy(Policy policy, ClusterView.Seen seen, Call call) {
        PolicyRef ref = policy.ref();
        String key = (seen.name() == null ? "" : seen.name() + "/") + key(policy);
        ContextChange change = seen.changes().get(key);
        Manifest manifest = seen.cluster().policyManifests().get(ref);
        long selects = seen.cluster().members().stream()
                .filter(member -> call.scope().has(member.workload().namespace())
                        && policy.subject().selects(member.pod().identity()))
                .map(Member::workload)
                .distinct()
                .count();
        return new PolicyView(
                ref.kind(),
                ref.namespace(),
                ref.name(),
                policy.tier().name().toLowerCase(Locale.ROOT),
                policy.priority(),
                manifest != null && AuditMode.isSet(manifest.object()) ? "audit" : "enforced",
                policy.directions().stream()
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .sorted()
                        .toList(),
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
        ClusterView.Seen seen = seen(call);
        PolicySet policies = seen.cluster().policies();
        Long port = call.number("port");
        try {
            List<Traffic> all = new Ends(seen.cluster(), seen.manifests())
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
            // Of port and protocol it is found out before any end is looked for.
            boolean isOfEnds = e.field().equals("from") || e.field().equals("to");
            throw isOfEnds && !call.scope().isAll()
                    ? nothing()
                    : new HttpResponseException(400, e.field() + ": " + e.getMessage());
        }
    }

    /** The same whether there is something or not, so that nobody finds out. */
    private static HttpResponseException nothing() {
        return new HttpResponseException(
                404, "from and to name nothing to connect of which an end is in a namespace that you may see");
    }

    /** What is told to somebody who may not see both ends: what it comes to, and their own end's side. */
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
                whole.caveats(),
                null,
                null);
    }

    /** The other end is in these sentences too. */
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

    private static <T> List<T> page(List<T> found, Call call) {
        return found.subList(0, Math.min(call.limit(), found.size()));
    }

    private static <T> @Nullable String next(List<T> found, Call call, Function<T, String> key) {
        return found.size() > call.limit() ? Call.afterText(key.apply(found.get(call.limit() - 1))) : null;
    }
}
