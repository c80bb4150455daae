package dev.weir.model.context;

import dev.weir.common.Cidr;
import dev.weir.common.Ip;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.InvalidRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The versions of every object of one cluster from {@code weir.context}, so that a flow is judged by the cluster of its
 * own time. Versions that were replaced before the history begins are dropped, except that the oldest kept one stands
 * for all the time before it. Not safe for use by several threads.
 */
public final class ContextHistory {
    private final long historyMs;
    private final Map<String, TreeMap<Long, Version>> versions = new HashMap<>();
    private final Map<String, Set<String>> keysByAddress = new HashMap<>();

    /** The blocks of pods' addresses by the length of the prefix; null if a node has changed since. */
    private @Nullable Map<Integer, Set<Cidr>> podBlocks;

    private record Version(ContextChange change, @Nullable ClusterObject object) {}

    public ContextHistory(Duration history) {
        this.historyMs = history.toMillis();
    }

    /**
     * Applies a change; repeating it alters nothing.
     *
     * @return false if the change was known already
     * @throws InvalidRecordException when the object is not valid for its kind
     */
    public boolean apply(ContextChange change) {
        String text = change.object();
        return apply(change, text == null ? null : ClusterObjects.parse(change, text));
    }

    /**
     * Applies a change; repeating it alters nothing.
     *
     * @param object the object of the change, which is parsed already; null if it was deleted
     * @return false if the change was known already
     */
    public boolean apply(ContextChange change, @Nullable ClusterObject object) {
        TreeMap<Long, Version> known = versions.computeIfAbsent(change.keyInCluster(), key -> new TreeMap<>());
        Version before = known.put(change.validFromMs(), new Version(change, object));
        if (before != null && before.change().equals(change)) {
            return false;
        }
        if (object != null) {
            for (String address : object.addresses()) {
                keysByAddress
                        .computeIfAbsent(address, ip -> new LinkedHashSet<>(2))
                        .add(change.keyInCluster());
            }
        }
        dropReplacedBefore(known, known.lastKey() - historyMs);
        if (object instanceof ClusterObject.Node) {
            podBlocks = null;
        }
        return true;
    }

    /** True if an address is in a block of pods' addresses of a node that is, or was, in the history. */
    public boolean isOfPods(String address) {
        Map<Integer, Set<Cidr>> blocks = podBlocks;
        if (blocks == null) {
            blocks = podBlocks();
            podBlocks = blocks;
        }
        byte[] bytes = blocks.isEmpty() ? null : Ip.parse(address);
        if (bytes == null) {
            return false;
        }
        for (Map.Entry<Integer, Set<Cidr>> each : blocks.entrySet()) {
            int prefix = each.getKey();
            if (prefix <= bytes.length * Byte.SIZE && each.getValue().contains(Cidr.of(bytes, prefix))) {
                return true;
            }
        }
        return false;
    }

    private Map<Integer, Set<Cidr>> podBlocks() {
        Map<Integer, Set<Cidr>> blocks = new HashMap<>();
        for (TreeMap<Long, Version> known : versions.values()) {
            for (Version version : known.values()) {
                if (version.object() instanceof ClusterObject.Node node) {
                    node.podBlocks().forEach(block -> blocks.computeIfAbsent(block.prefix(), prefix -> new HashSet<>())
                            .add(block));
                }
            }
        }
        return blocks;
    }

    /** Drops versions that were deleted or replaced before {@code now} less the history. */
    public void prune(long now) {
        long horizon = now - historyMs;
        Iterator<TreeMap<Long, Version>> all = versions.values().iterator();
        while (all.hasNext()) {
            TreeMap<Long, Version> known = all.next();
            dropReplacedBefore(known, horizon);
            Version last = known.lastEntry().getValue();
            if (last.change().deleted() && last.change().validFromMs() < horizon) {
                all.remove();
            }
        }
        podBlocks = null;
        keysByAddress.values().removeIf(keys -> {
            keys.removeIf(key -> !versions.containsKey(key));
            return keys.isEmpty();
        });
    }

    /**
     * The owner of an address at a time; the latest when several claim it, a node last. Null when no object of the
     * cluster owned it.
     */
    public @Nullable ClusterObject ownerOf(String address, long ms) {
        Set<String> keys = keysByAddress.get(address);
        if (keys == null) {
            return null;
        }
        Version newest = null;
        for (String key : keys) {
            Version version = versionAt(key, ms);
            if (version == null || version.object() == null) {
                continue;
            }
            boolean owns = version.object().addresses().contains(address);
            if (owns && (newest == null || isBetter(version, newest))) {
                newest = version;
            }
        }
        return newest == null ? null : newest.object();
    }

    /**
     * True if a version wins: the later one, but an address of a pod is never a node's, whose bridge is only presumed
     * to have the first address of its block.
     */
    private static boolean isBetter(Version version, Version other) {
        boolean isNode = version.object() instanceof ClusterObject.Node;
        boolean otherIsNode = other.object() instanceof ClusterObject.Node;
        return isNode == otherIsNode
                ? other.change().validFromMs() < version.change().validFromMs()
                : otherIsNode;
    }

    public ClusterObject.@Nullable Pod pod(@Nullable String namespace, String name, long ms) {
        return object("Pod/" + (namespace == null ? "default" : namespace) + "/" + name, ms)
                        instanceof ClusterObject.Pod pod
                ? pod
                : null;
    }

    public ClusterObject.@Nullable Node node(String name, long ms) {
        return object("Node//" + name, ms) instanceof ClusterObject.Node node ? node : null;
    }

    /** The labels of a namespace; its name label alone when the namespace was never described. */
    public Map<String, String> namespaceLabels(String namespace, long ms) {
        return object("Namespace//" + namespace, ms) instanceof ClusterObject.Namespace described
                ? described.labels()
                : Map.of(ClusterObjects.NAMESPACE_NAME_LABEL, namespace);
    }

    /**
     * Returns the endpoint with the names that the cluster of that time knows for its address. Names in the record
     * itself win.
     */
    public Endpoint resolve(Endpoint end, long ms) {
        if (end.pod() != null || end.workload() != null) {
            ClusterObject.Pod pod = end.pod() == null ? null : pod(end.namespace(), end.pod(), ms);
            return fromPod(pod != null && end.workload() == null ? end : Owners.named(end), pod, ms);
        }
        ClusterObject owner = ownerOf(end.ip(), ms);
        if (owner instanceof ClusterObject.Pod pod) {
            return fromPod(end, pod, ms);
        }
        if (owner instanceof ClusterObject.Node node) {
            return with(end, ms, end.namespace(), null, null, null, end.labels(), node.name(), end.service());
        }
        if (owner instanceof ClusterObject.Service service) {
            return with(end, ms, service.namespace(), null, null, null, end.labels(), end.node(), service.name());
        }
        return end;
    }

    /** All versions, for a checkpoint or for a look at the state. */
    public List<ContextChange> changes() {
        List<ContextChange> changes = new ArrayList<>();
        versions.values().forEach(known -> known.values().forEach(version -> changes.add(version.change())));
        return changes;
    }

    /** True if the end belongs to this cluster: by the pod that the record names, else by its address. */
    boolean knows(Endpoint end, long ms) {
        String pod = end.pod();
        return pod != null && end.namespace() != null
                ? pod(end.namespace(), pod, ms) != null
                : ownerOf(end.ip(), ms) != null;
    }

    /** The number of known objects, deleted ones included. */
    public int size() {
        return versions.size();
    }

    private @Nullable ClusterObject object(String key, long ms) {
        Version version = versionAt(key, ms);
        return version == null ? null : version.object();
    }

    private @Nullable Version versionAt(String key, long ms) {
        TreeMap<Long, Version> known = versions.get(key);
        if (known == null) {
            return null;
        }
        Map.Entry<Long, Version> entry = known.floorEntry(ms);
        return entry == null || entry.getValue().change().deleted() ? null : entry.getValue();
    }

    private static void dropReplacedBefore(TreeMap<Long, Version> known, long horizon) {
        Long inForce = known.floorKey(horizon);
        if (inForce != null) {
            known.headMap(inForce).clear();
        }
    }

    private Endpoint fromPod(Endpoint end, ClusterObject.@Nullable Pod pod, long ms) {
        if (pod == null) {
            return end;
        }
        return with(
                end,
                ms,
                pod.namespace(),
                pod.name(),
                end.workload() == null ? pod.workload() : end.workload(),
                end.workloadKind() == null ? pod.workloadKind() : end.workloadKind(),
                end.labels() == null ? pod.labels() : end.labels(),
                end.node() == null ? pod.node() : end.node(),
                end.service());
    }

    private Endpoint with(
            Endpoint end,
            long ms,
            @Nullable String namespace,
            @Nullable String pod,
            @Nullable String workload,
            @Nullable String workloadKind,
            @Nullable Map<String, String> labels,
            @Nullable String node,
            @Nullable String service) {
        return end.toBuilder()
                .namespace(namespace)
                .pod(pod)
                .workload(workload)
                .workloadKind(workloadKind)
                .labels(labels)
                .node(node)
                .service(service)
                .zone(zone(node, end, ms))
                .build();
    }

    private @Nullable String zone(@Nullable String nodeName, Endpoint end, long ms) {
        ClusterObject.Node described = end.zone() != null || nodeName == null ? null : node(nodeName, ms);
        return described == null ? end.zone() : described.labels().get(ClusterObjects.ZONE_LABEL);
    }
}
