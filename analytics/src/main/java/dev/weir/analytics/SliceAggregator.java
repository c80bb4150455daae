package dev.weir.analytics;

import dev.weir.common.Ip;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the parts of one slice by edge, in bounded memory, since a sender can forge any number of addresses. When
 * there are more edges than {@value #MAX_EDGES}, addresses without further names are folded into the block that they
 * are in, and into ever larger blocks until all fit; edges that still do not fit are left out, addresses before
 * workloads. Between two ends only the lowest {@value #MAX_PORTS} ports count. As long as only ports are left out, the
 * result does not depend on the order of the parts.
 */
public final class SliceAggregator {
    public static final int MAX_EDGES = 4096;

    /** The most ports between two ends, of one protocol: more than enough to recognise a scan. */
    static final int MAX_PORTS = 512;

    /** Bits of the blocks, from a single address to all. */
    private static final int[] V4 = {32, 24, 16, 8, 0};

    private static final int[] V6 = {128, 64, 48, 32, 0};

    private final boolean foldsSources;
    private final boolean foldsDestinations;
    private TreeMap<String, Activity> byEdge = new TreeMap<>();
    /** The ports between two ends; null while the edges are so few that no two ends can have too many. */
    private @Nullable Map<String, TreeSet<Integer>> ports;

    private int level;
    private long leftOut;

    private SliceAggregator(boolean foldsSources, boolean foldsDestinations) {
        this.foldsSources = foldsSources;
        this.foldsDestinations = foldsDestinations;
    }

    /** An aggregator for one source, whose destinations may be too many. */
    public static SliceAggregator ofSource() {
        return new SliceAggregator(false, true);
    }

    /** An aggregator for one destination, whose sources may be too many. */
    public static SliceAggregator ofDestination() {
        return new SliceAggregator(true, false);
    }

    /** An aggregator for one edge. */
    public static SliceAggregator ofEdge() {
        return new SliceAggregator(false, false);
    }

    public void add(Activity part) {
        put(wide(part));
        while (byEdge.size() > MAX_EDGES) {
            if (level < V4.length - 1 && (foldsSources || foldsDestinations)) {
                level++;
                widen();
            } else {
                byEdge.remove(lastOfAddresses());
                leftOut++;
            }
        }
    }

    private void put(Activity activity) {
        if (ports == null && byEdge.size() < MAX_PORTS || hasRoom(activity, ports())) {
            byEdge.merge(activity.edgeKey(), activity, ActivityMerger::merged);
        } else {
            leftOut++;
        }
    }

    private Map<String, TreeSet<Integer>> ports() {
        Map<String, TreeSet<Integer>> all = ports;
        if (all == null) {
            all = new HashMap<>();
            for (Activity each : byEdge.values()) {
                Integer port = each.port();
                if (port != null) {
                    all.computeIfAbsent(pair(each), key -> new TreeSet<>()).add(port);
                }
            }
            ports = all;
        }
        return all;
    }

    private static String pair(Activity activity) {
        return activity.source().key() + " > " + activity.destination().key() + " " + activity.protocol() + "/";
    }

    /** True if the port is among the lowest between its two ends; a higher port gives up its place. */
    private boolean hasRoom(Activity activity, Map<String, TreeSet<Integer>> all) {
        Integer port = activity.port();
        if (port == null) {
            return true;
        }
        String pair = pair(activity);
        TreeSet<Integer> known = all.computeIfAbsent(pair, key -> new TreeSet<>());
        if (known.size() < MAX_PORTS || known.contains(port)) {
            known.add(port);
            return true;
        }
        if (port > known.last()) {
            return false;
        }
        String last = pair + known.pollLast() + " ";
        SortedMap<String, Activity> edges = byEdge.subMap(last, last + Character.MAX_VALUE);
        leftOut += edges.size();
        edges.clear();
        known.add(port);
        return true;
    }

    /** The key of the last edge of an address, so that forged addresses do not evict workloads. */
    private String lastOfAddresses() {
        for (Map.Entry<String, Activity> edge : byEdge.descendingMap().entrySet()) {
            Activity activity = edge.getValue();
            if (foldsSources
                    ? activity.source().isAddress()
                    : activity.destination().isAddress()) {
                return edge.getKey();
            }
        }
        return byEdge.lastKey();
    }

    /** The sums, sorted by edge. */
    public List<Activity> activities() {
        return List.copyOf(byEdge.values());
    }

    /** True if some addresses are folded into blocks. */
    public boolean isFolded() {
        return level > 0;
    }

    /** The number of edges that are left out. */
    public long leftOut() {
        return leftOut;
    }

    private void widen() {
        Collection<Activity> before = byEdge.values();
        byEdge = new TreeMap<>();
        ports = null;
        before.forEach(activity -> put(wide(activity)));
    }

    private Activity wide(Activity activity) {
        if (level == 0) {
            return activity;
        }
        return activity.between(
                foldsSources ? wide(activity.source()) : activity.source(),
                foldsDestinations ? wide(activity.destination()) : activity.destination());
    }

    private Entity wide(Entity end) {
        String ip = end.ip();
        if (ip == null || !end.isAddress()) {
            return end;
        }
        byte[] bytes = Ip.parse(ip);
        if (bytes == null) {
            return end;
        }
        int bits = bytes.length == 4 ? V4[level] : V6[level];
        return end.blockBits() <= bits ? end : Entity.block(bytes, bits);
    }
}
