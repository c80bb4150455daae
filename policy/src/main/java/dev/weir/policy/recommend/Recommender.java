package dev.weir.policy.recommend;

import dev.weir.common.Ip;
import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.policy.Peer;
import dev.weir.policy.PortClause;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import dev.weir.policy.cluster.Workload;
import dev.weir.policy.replay.Recorded;
import dev.weir.policy.replay.RecordedEnd;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Collects edges from flows, then recommends a policy for each workload and a default deny for each namespace. A policy
 * selects one workload and no other, and allows the recorded traffic and no more.
 */
public final class Recommender {
    /** The maximum number of edges; further ones are counted and left out. */
    public static final int MAX_EDGES = 50_000;

    private final Recorded recorded;
    private final PolicyLanguage language;
    private final @Nullable String namespace;
    private final NoiseFilter noise;
    private final Map<Edge.Key, Edge> edges = new LinkedHashMap<>();
    private final Selectors selectors = new Selectors();
    private long flows;
    private long beyond;

    /**
     * Creates a recommender.
     *
     * @param dialect that of the policies
     * @param namespace the only one for which policies are wanted; null for all except those of the cluster itself
     * @param minFlows edges of fewer flows are left out
     */
    public Recommender(Recorded recorded, RecommendedDialect dialect, @Nullable String namespace, int minFlows) {
        this.recorded = recorded;
        this.language = dialect.language();
        this.namespace = namespace;
        this.noise = new NoiseFilter(minFlows);
        for (Member member : recorded.cluster().members()) {
            if (!member.pod().identity().hostNetwork()) {
                selectors.add(member.workload(), member.pod().identity().labels());
            }
        }
    }

    public void accept(Flow flow) {
        flows++;
        RecordedEnd source = recorded.source(flow);
        RecordedEnd destination = recorded.destination(flow);
        Edge.Key key = Edge.Key.of(flow, source, destination);
        Edge edge = edges.get(key);
        if (edge == null) {
            if (edges.size() >= MAX_EDGES) {
                beyond++;
                return;
            }
            edge = new Edge(key);
            edges.put(key, edge);
            remember(source);
            remember(destination);
        }
        edge.add(flow);
    }

    public Recommendation recommend() {
        List<String> leftOut = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        if (beyond > 0) {
            warnings.add(beyond + " of " + flows + " flows are of more than " + MAX_EDGES + " edges and are left out");
        }
        Map<Edge, String> sieved = noise.leftOut(edges.values());
        Map<Workload, WorkloadPolicy> policies = new TreeMap<>();
        Set<String> namespaces = new TreeSet<>();
        Set<String> unwritten = new TreeSet<>();
        recorded.cluster()
                .members()
                .forEach(member -> namespaces.add(member.pod().namespace()));
        for (Edge edge : edges.values()) {
            Edge.Key key = edge.key();
            boolean concerned = isWanted(key.source()) || isWanted(key.destination());
            if (!concerned) {
                continue;
            }
            addNamespace(key.source(), namespaces);
            addNamespace(key.destination(), namespaces);
            String reason = sieved.containsKey(edge) ? sieved.get(edge) : unwritable(key);
            if (reason != null) {
                if (!sieved.containsKey(edge)) {
                    addNamespace(key.source(), unwritten);
                    addNamespace(key.destination(), unwritten);
                }
                leftOut.add(key.display() + " " + reason + " (" + edge.evidence() + ")");
                continue;
            }
            add(policies, key.source(), Direction.EGRESS, edge);
            add(policies, key.destination(), Direction.INGRESS, edge);
        }
        List<String> texts = new ArrayList<>();
        List<String> closed = new ArrayList<>();
        for (String each : namespaces) {
            boolean any = policies.keySet().stream()
                    .anyMatch(workload -> workload.namespace().equals(each));
            boolean left = unwritten.contains(each);
            if (isWanted(each) && (any || !left)) {
                texts.add(WorkloadPolicy.defaultDeny(language, each));
                closed.add(each);
            } else if (isWanted(each)) {
                warnings.add(
                        "namespace " + each
                                + " is not closed: no rule could be written for the traffic seen in it, so closing it would cut it off");
            }
        }
        policies.values().forEach(policy -> texts.add(policy.write(selectors, warnings)));
        return new Recommendation(List.copyOf(texts), List.copyOf(closed), List.copyOf(leftOut), List.copyOf(warnings));
    }

    private void remember(RecordedEnd end) {
        Workload workload = end.workload();
        for (Peer peer : end.peers()) {
            Peer.Pod pod = peer.selectable();
            if (workload != null && pod != null) {
                selectors.add(workload, pod.identity().labels());
            }
        }
    }

    private void add(
            Map<Workload, WorkloadPolicy> policies, @Nullable Workload workload, Direction direction, Edge edge) {
        if (workload != null && isWanted(workload) && selectors.of(workload) != null) {
            policies.computeIfAbsent(
                            workload,
                            each -> new WorkloadPolicy(
                                    language,
                                    recorded.cluster().nodesByAddress().keySet(),
                                    each,
                                    name(each, policies.keySet())))
                    .add(direction, edge);
        }
    }

    /**
     * The name of a policy: that of the workload, with its kind where another workload has the name, as a StatefulSet
     * beside a Deployment.
     */
    private static String name(Workload workload, Set<Workload> others) {
        boolean taken = workload.name().equals(WorkloadPolicy.DEFAULT_DENY)
                || others.stream()
                        .anyMatch(other -> other.namespace().equals(workload.namespace())
                                && !other.equals(workload)
                                && other.name().equals(workload.name()));
        return taken ? workload.name() + "-of-" + workload.kind().toLowerCase(Locale.ROOT) : workload.name();
    }

    /** The reason for which no rule can be written for the edge; null when one can. */
    private @Nullable String unwritable(Edge.Key key) {
        if (!PortClause.PROTOCOLS.contains(key.protocol())) {
            return "cannot be written: " + language.kind() + " knows no " + key.protocol()
                    + ", and network plug-ins differ in what they do with it";
        }
        for (Workload workload : new Workload[] {key.source(), key.destination()}) {
            if (workload != null && !isOnHost(workload) && selectors.of(workload) == null) {
                return "cannot be written: " + selectors.reason(workload);
            }
        }
        boolean nameless = key.source() == null && !isAddress(key.sourceName())
                || key.destination() == null && !isAddress(key.destinationName());
        return nameless ? "cannot be written: the pods behind it are not known" : null;
    }

    private boolean isOnHost(Workload workload) {
        return recorded.cluster().of(workload.namespace(), workload.kind(), workload.name()).stream()
                .anyMatch(member -> member.pod().identity().hostNetwork());
    }

    private static boolean isAddress(String name) {
        return Ip.canonical(name) != null;
    }

    private void addNamespace(@Nullable Workload workload, Set<String> namespaces) {
        if (workload != null && !isOnHost(workload)) {
            namespaces.add(workload.namespace());
        }
    }

    private boolean isWanted(@Nullable Workload workload) {
        return workload != null && isWanted(workload.namespace());
    }

    private boolean isWanted(String each) {
        return namespace == null ? !Cluster.OWN_NAMESPACES.contains(each) : namespace.equals(each);
    }
}
