package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.weir.common.Cidr;
import dev.weir.common.Ip;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A participant: a workload, a node, a service, an external address or a bare address. A component that is null is not
 * known, or differs between the flows that the entity stands for.
 */
public record Entity(
        @Nullable String namespace,
        @Nullable String workload,
        @Nullable String workloadKind,
        @Nullable String pod,
        @Nullable String ip,
        @Nullable String node,
        @Nullable String service,
        @Nullable List<String> names) {
    /** The key of {@link #unnamed}. */
    public static final String UNNAMED = "unnamed";

    private static final String ADDRESS = "address/";
    private static final int MAX_NAMES = 16;

    /** The entity at one end of a flow. */
    public static Entity of(Endpoint end) {
        return new Entity(
                end.namespace(),
                end.workload() != null ? end.workload() : end.pod(),
                end.workload() == null && end.pod() != null ? "Pod" : end.workloadKind(),
                end.pod(),
                end.ip(),
                end.node(),
                end.service(),
                realNames(end.names()));
    }

    /**
     * The names without those that hold a slash: such a text is no name, and could be taken for that of a {@link
     * #block}.
     */
    private static @Nullable List<String> realNames(@Nullable List<String> names) {
        return names == null || names.stream().noneMatch(name -> name.indexOf('/') >= 0)
                ? names
                : names.stream().filter(name -> name.indexOf('/') < 0).toList();
    }

    /** The entity for a workload, without a particular pod. */
    public static Entity workload(String namespace, String name, String kind) {
        return new Entity(namespace, name, kind, null, null, null, null, null);
    }

    /** The entity for several addresses, or none in particular, as an alert about many destinations names it. */
    public static Entity unnamed() {
        return new Entity(null, null, null, null, null, null, null, null);
    }

    /** The entity for all addresses of a block; its name is the block, its address the first one. */
    public static Entity block(byte[] address, int bits) {
        Cidr block = Cidr.of(address, bits);
        return new Entity(null, null, null, null, Ip.toText(block.network()), null, null, List.of(block.toString()));
    }

    /** The text of the block, or null when the entity is none. */
    private @Nullable String block() {
        List<String> all = names;
        if (all == null || all.size() != 1 || ip == null) {
            return null;
        }
        String name = all.get(0);
        return name.startsWith(ip) && name.startsWith("/", ip.length()) ? name : null;
    }

    /** The length of the prefix that the addresses share; more than any prefix when the entity is no {@link #block}. */
    public int blockBits() {
        String block = block();
        String bits = block == null ? "" : block.substring(block.lastIndexOf('/') + 1);
        return bits.matches("[0-9]{1,3}") ? Integer.parseInt(bits) : Integer.MAX_VALUE;
    }

    /**
     * The key of baselines and fingerprints, stable across restarts of pods: the first known of workload, node without
     * pod, service, address.
     */
    public String key() {
        if (workload != null) {
            return "workload/" + text(namespace) + "/" + text(workloadKind) + "/" + workload;
        }
        if (node != null) {
            return "node/" + node;
        }
        if (service != null) {
            return "service/" + text(namespace) + "/" + service;
        }
        if (ip == null) {
            return UNNAMED;
        }
        return ADDRESS + Objects.requireNonNullElse(block(), ip);
    }

    /** True for the key of an entity that is a bare address. */
    public static boolean isKeyOfAddress(String key) {
        return key.startsWith(ADDRESS);
    }

    /** True for a bare address that no object of the cluster owns. */
    @JsonIgnore
    public boolean isAddress() {
        return workload == null && node == null && service == null && ip != null;
    }

    /** True for a public address that no object of the cluster owns. */
    @JsonIgnore
    public boolean isExternal() {
        return ip != null && isAddress() && Ip.isPublic(ip);
    }

    /** The name for people: {@code shop/web}, {@code node n1}, an address, a domain. */
    public String display() {
        if (workload != null) {
            return namespace == null ? workload : namespace + "/" + workload;
        }
        if (node != null) {
            return "node " + node;
        }
        if (service != null) {
            return "service " + (namespace == null ? service : namespace + "/" + service);
        }
        if (names != null && !names.isEmpty()) {
            return names.get(0) + (ip == null || names.get(0).startsWith(ip) ? "" : " (" + ip + ")");
        }
        return ip == null ? "several" : ip;
    }

    /**
     * Returns the workload without the parts that differ between its pods; an entity without a workload stays
     * unchanged.
     */
    public Entity withoutPod() {
        return workload == null
                ? this
                : new Entity(namespace, workload, workloadKind, null, null, null, service, names);
    }

    /**
     * Returns the parts that two entities share; a part that differs becomes unknown. Of different workloads the kind,
     * and a node that both run on, are none of these: several workloads are not the node.
     */
    public Entity common(Entity other) {
        boolean isOfOne = Objects.equals(workload, other.workload);
        return new Entity(
                same(namespace, other.namespace),
                same(workload, other.workload),
                isOfOne ? same(workloadKind, other.workloadKind) : null,
                same(pod, other.pod),
                same(ip, other.ip),
                isOfOne ? same(node, other.node) : null,
                same(service, other.service),
                ip == null || !ip.equals(other.ip) ? same(names, other.names) : names(names, other.names));
    }

    /** The names of both; one reporter may know names that the other does not. */
    private static @Nullable List<String> names(@Nullable List<String> a, @Nullable List<String> b) {
        if (a == null || b == null || a.equals(b)) {
            return a == null ? b : a;
        }
        return Stream.concat(a.stream(), b.stream())
                .distinct()
                .sorted()
                .limit(MAX_NAMES)
                .toList();
    }

    private static <T> @Nullable T same(@Nullable T a, @Nullable T b) {
        return a != null && a.equals(b) ? a : null;
    }

    private static String text(@Nullable String part) {
        return part == null ? "" : part;
    }
}
