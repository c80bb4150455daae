package dev.weir.policy.replay;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.weir.common.manifest.Manifest;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.context.ClusterObjects;
import dev.weir.model.context.MeshProxy;
import dev.weir.model.context.Owners;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import dev.weir.policy.cluster.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the peers of recorded flows. Names in the record win, since the manifests describe the present and pods come
 * and go; the manifests add the labels, the pods behind Services, and the owners of addresses.
 */
public final class Recorded {
    private static final int REMEMBERED = 100_000;

    private final Cluster cluster;
    private final Services services;
    private final List<Map<String, String>> possibleLabels;
    private final Map<String, Member> byAddress = new HashMap<>();
    private final Map<String, Member> byPod = new HashMap<>();
    private final Map<Workload, Member> byWorkload = new HashMap<>();
    private final Cache<Key, RecordedEnd> ends =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    private record Key(Endpoint end, String protocol) {}

    /**
     * Creates a resolver.
     *
     * @param manifests of the cluster
     * @param sets the policies that will decide about the flows
     */
    public Recorded(Cluster cluster, List<Manifest> manifests, List<PolicySet> sets) {
        this.cluster = cluster;
        this.possibleLabels = PossibleLabels.of(sets);
        this.services = new Services(manifests);
        for (Member member : cluster.members()) {
            byPod.put(member.pod().display(), member);
            byWorkload.putIfAbsent(member.workload(), member);
            for (Peer peer : member.peers()) {
                if (peer.ip() != null && peer.selectable() != null) {
                    byAddress.put(peer.ip(), member);
                }
            }
        }
    }

    public Cluster cluster() {
        return cluster;
    }

    public RecordedEnd source(Flow flow) {
        return end(flow.source(), flow.protocol());
    }

    public RecordedEnd destination(Flow flow) {
        return end(flow.destination(), flow.protocol());
    }

    /** The traffic that a flow may have been; empty when one of its pods is not known. */
    public static List<Traffic> traffic(Flow flow, RecordedEnd source, RecordedEnd destination) {
        List<Traffic> traffic = new ArrayList<>();
        for (Peer from : source.peers()) {
            for (int i = 0; i < destination.peers().size(); i++) {
                traffic.add(new Traffic(
                        from,
                        destination.peers().get(i),
                        flow.protocol(),
                        destination.ports().get(i),
                        flow.l7()));
            }
        }
        return traffic;
    }

    private RecordedEnd end(Endpoint end, String protocol) {
        // Counters and flags differ from flow to flow and do not matter here.
        return ends.get(new Key(end.withCounters(null, null, null), protocol), key -> resolve(key.end(), protocol));
    }

    private RecordedEnd resolve(Endpoint end, String protocol) {
        if (end.pod() != null || end.workload() != null) {
            return named(end);
        }
        Member member = byAddress.get(end.ip());
        if (member != null) {
            return of(
                    end,
                    member.workload(),
                    Peer.pod(end.ip(), member.pod(), member.peers().get(0).runsOn()));
        }
        List<Member> behind = services.behind(end.ip(), end.namespace(), end.service(), cluster.members());
        if (behind != null) {
            return behind(end, protocol, behind);
        }
        if (end.service() != null) {
            return new RecordedEnd(List.of(), null, service(end), List.of());
        }
        Peer node = cluster.nodesByAddress().get(end.ip());
        List<String> names = end.names();
        Peer peer = node == null ? Peer.address(end.ip(), names == null ? List.of() : names) : node;
        return of(end, null, peer);
    }

    private RecordedEnd named(Endpoint recorded) {
        Endpoint end = Owners.named(recorded);
        String namespace = end.namespace() == null ? "default" : end.namespace();
        String name = String.valueOf(end.pod() == null ? end.workload() : end.pod());
        Member member = byPod.get(namespace + "/" + name);
        String kind = end.workloadKind();
        Workload workload = member == null
                ? new Workload(namespace, kind == null ? "Pod" : kind, end.workload() == null ? name : end.workload())
                : member.workload();
        Member like = member == null ? byWorkload.get(workload) : member;
        Map<String, String> labels = end.labels();
        if (like == null && labels == null) {
            return unlabelled(end, workload, name);
        }
        Identity identity = like == null
                ? new Identity(
                        namespace,
                        namespaceLabels(namespace),
                        labels == null ? Map.of() : labels,
                        List.of(),
                        false,
                        null,
                        MeshProxy.NONE)
                : like.pod().identity();
        Peer.Pod pod = new Peer.Pod(name, identity, end.pod() == null);
        Peer peer = like != null && identity.hostNetwork()
                ? Peer.onHost(end.ip(), pod, like.peers().get(0).node())
                : Peer.pod(
                        end.ip(),
                        pod,
                        like == null
                                ? end.node()
                                : member == null ? null : member.peers().get(0).runsOn());
        return of(end, workload, peer);
    }

    /** An end for a pod of which only the name is known, with all labels that it may have. */
    private RecordedEnd unlabelled(Endpoint end, Workload workload, String name) {
        List<Peer> peers = new ArrayList<>();
        List<@Nullable Integer> ports = new ArrayList<>();
        for (Map<String, String> labels : possibleLabels) {
            Identity identity = new Identity(
                    workload.namespace(),
                    namespaceLabels(workload.namespace()),
                    labels,
                    List.of(),
                    false,
                    null,
                    MeshProxy.NONE);
            peers.add(Peer.pod(end.ip(), new Peer.Pod(name, identity, true), end.node()));
            ports.add(end.port());
        }
        return new RecordedEnd(peers, workload, workload.display(), ports);
    }

    private Map<String, String> namespaceLabels(String namespace) {
        return cluster.namespaces().getOrDefault(namespace, Map.of(ClusterObjects.NAMESPACE_NAME_LABEL, namespace));
    }

    private RecordedEnd behind(Endpoint end, String protocol, List<Member> members) {
        Map<Identity, Member> distinct = new LinkedHashMap<>();
        members.forEach(member -> distinct.putIfAbsent(member.pod().identity(), member));
        List<Peer> peers = new ArrayList<>();
        List<@Nullable Integer> ports = new ArrayList<>();
        for (Member member : distinct.values()) {
            Peer peer = ofFamily(member.peers(), end.ip());
            peers.add(members.size() > 1 ? peer.asStandIn() : peer);
            ports.add(services.target(end.ip(), end.namespace(), end.service(), protocol, end.port(), member));
        }
        List<Workload> workloads =
                members.stream().map(Member::workload).distinct().toList();
        return workloads.size() == 1
                ? new RecordedEnd(peers, workloads.get(0), workloads.get(0).display(), ports)
                : new RecordedEnd(peers, null, service(end), ports);
    }

    /** The peer for a Service's address, which leads to pods' addresses of the same family. */
    private static Peer ofFamily(List<Peer> peers, String ip) {
        boolean v6 = ip.indexOf(':') >= 0;
        return peers.stream()
                .filter(peer -> peer.ip() != null && peer.ip().indexOf(':') >= 0 == v6)
                .findFirst()
                .orElse(peers.get(0));
    }

    private static String service(Endpoint end) {
        String namespace = end.namespace() == null ? "" : end.namespace() + "/";
        return (end.service() == null ? end.ip() : namespace + end.service()) + " (Service)";
    }

    private static RecordedEnd of(Endpoint end, @Nullable Workload workload, Peer peer) {
        String display = workload == null ? peer.display() : workload.display();
        return new RecordedEnd(List.of(peer), workload, display, Arrays.asList(end.port()));
    }
}
