package dev.weir.policy.cluster;

import dev.weir.common.manifest.Manifest;
import dev.weir.model.context.ClusterObjects;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.PortClause;
import dev.weir.policy.Traffic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses the texts by which people name the ends of a connection, and finds the connections that they may mean. */
public final class Ends {
    private static final int MOST_LISTED = 5;
    private static final int MOST_PAIRS = 10_000;

    private final Cluster cluster;
    private final List<Manifest> manifests;

    /** A text that names no end, or no connection; the message says what would be right. */
    public static final class UnknownException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String field;

        UnknownException(String field, String reason) {
            super(reason);
            this.field = field;
        }

        /** The wrong parameter: {@code from}, {@code to}, {@code port} or {@code protocol}. */
        public String field() {
            return field;
        }
    }

    /**
     * Creates a parser for a cluster.
     *
     * @param manifests of the cluster, Services among them
     */
    public Ends(Cluster cluster, List<Manifest> manifests) {
        this.cluster = cluster;
        this.manifests = manifests;
    }

    /**
     * The pairs of addresses of the same family, one for each pod of a workload that differs from the others.
     *
     * @param from, to {@code namespace/pod}, {@code namespace/workload} or an address
     * @param protocol TCP, UDP, SCTP, ICMP or ICMPV6 in any case
     * @throws UnknownException naming the wrong parameter
     */
    public List<Traffic> traffic(String from, String to, String protocol, @Nullable Integer port) {
        String name = protocol.toUpperCase(Locale.ROOT);
        boolean hasPorts = PortClause.PROTOCOLS.contains(name);
        if (!hasPorts && !name.equals("ICMP") && !name.equals("ICMPV6")) {
            throw new UnknownException("protocol", "'" + protocol + "' is not TCP, UDP, SCTP, ICMP or ICMPV6");
        }
        if (port == null ? hasPorts : port < 1 || port > 65_535) {
            throw new UnknownException("port", port == null ? "is missing" : port + " is outside 1..65535");
        }
        refuseService("from", from);
        refuseService("to", to);
        List<Peer> destinations = ends("to", to);
        List<Peer> sources = ends("from", from);
        if ((long) sources.size() * destinations.size() > MOST_PAIRS) {
            throw new UnknownException(
                    "from",
                    "there are more than " + MOST_PAIRS + " pairs of pods that differ; name a pod of either end");
        }
        List<Traffic> all = new ArrayList<>();
        for (Peer source : sources) {
            for (Peer destination : destinations) {
                byte[] a = source.address();
                byte[] b = destination.address();
                if (a == null || b == null || a.length == b.length) {
                    all.add(new Traffic(source, destination, name, port));
                }
            }
        }
        if (all.isEmpty()) {
            throw new UnknownException("to", to + " has no address of the same family (IPv4, IPv6) as " + from);
        }
        return all;
    }

    private void refuseService(String field, String text) {
        for (Manifest manifest : manifests) {
            if (!manifest.kind().equals("Service")) {
                continue;
            }
            boolean isByName = text.equals(manifest.namespace() + "/" + manifest.name())
                    && cluster.members().stream()
                            .noneMatch(member -> member.pod().display().equals(text)
                                    || text.equals(member.workload().namespace() + "/"
                                            + member.workload().name()));
            if (isByName) {
                throw new UnknownException(
                        field, text + " is a Service; policies are about its pods, so name one of them");
            }
            if (ClusterObjects.parse("Service", manifest.object()).addresses().contains(text)) {
                throw new UnknownException(
                        field,
                        text + " is the address of the " + manifest.display()
                                + "; policies are about its pods, so name one of them");
            }
        }
    }

    private List<Peer> ends(String field, String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            Peer peer = cluster.at(text);
            if (peer == null) {
                throw new UnknownException(
                        field, "'" + text + "' is neither NAMESPACE/POD, NAMESPACE/WORKLOAD nor an IP address");
            }
            return List.of(peer);
        }
        String namespace = text.substring(0, slash);
        String name = text.substring(slash + 1);
        Member pod = cluster.pod(namespace, name);
        List<Member> members = pod == null ? cluster.of(namespace, null, name) : List.of(pod);
        if (members.isEmpty()) {
            throw new UnknownException(field, "no pod or workload " + text + " is described; described are " + there());
        }
        // Pods of a workload that differ may be treated differently.
        Map<Identity, Member> distinct = new LinkedHashMap<>();
        members.forEach(member -> distinct.putIfAbsent(member.pod().identity(), member));
        return distinct.values().stream()
                .flatMap(member -> member.peers().stream())
                .toList();
    }

    private String there() {
        List<String> there = cluster.members().stream()
                .map(member -> member.pod().display())
                .limit(MOST_LISTED)
                .toList();
        return there.isEmpty() ? "none" : String.join(", ", there);
    }
}
