package dev.weir.analytics.detector.beaconing;

import dev.weir.analytics.detector.Eviction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The peers that a source is in contact with: all outside, and those inside at ports that it did not use before.
 *
 * @param sinceMs the time since which the source is known
 * @param peers bounded in number by {@link #peer}
 * @param insideSinceMs the time since which ports inside are learned; 0 before the first step
 * @param insidePorts the ports inside that were used while they were learned; null before the first step
 */
public record Contacts(
        long sinceMs,
        Map<String, Contact> peers,
        long insideSinceMs,
        @Nullable List<Integer> insidePorts) {
    private static final int MAX_PORTS = 64;
    private static final int MAX_PEERS = 64;
    private static final int MAX_SAMPLES = 60;
    private static final int MAX_BINS = 144;

    /** The number of intervals at the beginning of a contact by which a client that backs off is recognised. */
    private static final int FIRST = 5;

    /** The length of a bin: ten minutes. */
    static final long BIN_MS = 600_000;

    /**
     * The contact with one peer.
     *
     * @param connections all since {@code firstMs}
     * @param failed those of them without an answer
     * @param intervalsMs between the latest starts
     * @param sizes bytes sent for each connection, of the latest slices
     * @param bins connections in each ten minutes of the latest day, by start
     * @param firstIntervalsMs between the first starts; null if they are not known
     */
    public record Contact(
            long firstMs,
            long lastStartMs,
            long connections,
            long failed,
            List<Long> intervalsMs,
            List<Long> sizes,
            Map<Long, Long> bins,
            @Nullable List<Long> firstIntervalsMs) {

        private static Contact since(long ms) {
            return new Contact(ms, 0, 0, 0, new ArrayList<>(), new ArrayList<>(), new TreeMap<>(), new ArrayList<>());
        }

        Contact with(List<Long> startsMs, long more, long moreFailed, long size) {
            List<Long> intervals = new ArrayList<>(intervalsMs);
            List<Long> first = firstIntervalsMs == null ? null : new ArrayList<>(firstIntervalsMs);
            long last = lastStartMs;
            for (long start : startsMs) {
                if (last > 0 && start > last) {
                    intervals.add(start - last);
                    if (first != null && first.size() < FIRST) {
                        first.add(start - last);
                    }
                }
                last = Math.max(last, start);
            }
            List<Long> bytes = new ArrayList<>(sizes);
            bytes.add(size);
            TreeMap<Long, Long> counts = new TreeMap<>(bins);
            counts.merge(last - Math.floorMod(last, BIN_MS), more, Long::sum);
            counts.headMap(counts.lastKey() - MAX_BINS * BIN_MS).clear();
            return new Contact(
                    firstMs,
                    last,
                    connections + more,
                    failed + moreFailed,
                    latest(intervals),
                    latest(bytes),
                    counts,
                    first);
        }

        private static List<Long> latest(List<Long> values) {
            return new ArrayList<>(values.subList(Math.max(0, values.size() - MAX_SAMPLES), values.size()));
        }
    }

    static Contacts since(long ms) {
        return new Contacts(ms, new HashMap<>(), ms, List.of());
    }

    /** A copy that can be added to; ports inside are learned from now on if they were not. */
    Contacts copy(long nowMs) {
        List<Integer> ports = insidePorts;
        return ports == null
                ? new Contacts(sinceMs, new HashMap<>(peers), nowMs, new ArrayList<>())
                : new Contacts(sinceMs, new HashMap<>(peers), insideSinceMs, new ArrayList<>(ports));
    }

    /**
     * True if a port inside was not used in the time of learning. In that time it is learned. A source with very many
     * ports has none that is new.
     */
    boolean isNewInside(int port, long nowMs, long learnMs) {
        List<Integer> ports = insidePorts;
        if (ports == null || ports.size() >= MAX_PORTS) {
            return false;
        }
        boolean isUsed = ports.contains(port);
        boolean isLearning = nowMs - insideSinceMs < learnMs;
        if (isLearning && !isUsed) {
            ports.add(port);
        }
        return !isLearning && !isUsed;
    }

    /** The number of peers with contact at the same protocol and port. */
    long alike(String protocolAndPort) {
        return peers.keySet().stream()
                .filter(key -> key.endsWith(protocolAndPort))
                .count();
    }

    /** The contact with a peer, empty if it is new. At the bound the peer with the fewest connections makes room. */
    Contact peer(String key, long ms) {
        peers.values().removeIf(each -> each.lastStartMs() < ms - MAX_BINS * BIN_MS);
        Eviction.makeRoom(peers, key, MAX_PEERS, Contact::connections);
        Contact known = peers.get(key);
        return known == null ? Contact.since(ms) : known;
    }
}
