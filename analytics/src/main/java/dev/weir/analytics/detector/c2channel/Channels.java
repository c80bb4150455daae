package dev.weir.analytics.detector.c2channel;

import dev.weir.analytics.detector.Eviction;
import dev.weir.analytics.detector.Exchanges;
import dev.weir.model.Activity;
import dev.weir.model.Flow;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * The peers outside that a source has a channel to.
 *
 * @param sinceMs the time since which the source is known
 * @param peers by address, bounded in number by {@link #plus}
 */
public record Channels(long sinceMs, Map<String, Channel> peers) {
    private static final int MAX_PEERS = 64;
    private static final int MAX_PORTS = 8;
    private static final int MAX_SIZES = 16;

    /**
     * The channel to one peer.
     *
     * @param ports connections by port, of ports that answered
     * @param adminTries connections to ports of remote administration
     * @param longestMs duration of the longest connection
     * @param sizes sampled connections, by bytes sent and received
     * @param exchanges connections that were sampled
     */
    public record Channel(
            long firstMs,
            long connections,
            Map<Integer, Long> ports,
            long adminTries,
            long longestMs,
            Map<String, Long> sizes,
            long exchanges) {

        /** The share of the sampled connections that were of the commonest size both ways. */
        double alike() {
            long most = sizes.values().stream().mapToLong(Long::longValue).max().orElse(0);
            return exchanges == 0 ? 0 : most / (double) exchanges;
        }

        private Channel plus(Activity activity, int port, boolean isAdmin) {
            Map<Integer, Long> answered = new TreeMap<>(ports);
            if (Exchanges.isExchange(activity) && (answered.containsKey(port) || answered.size() < MAX_PORTS)) {
                answered.merge(port, activity.established(), Long::sum);
            }
            Map<String, Long> counts = new TreeMap<>(sizes);
            long looked = exchanges;
            long longest = longestMs;
            for (Flow flow : activity.samples()) {
                longest = Math.max(longest, flow.endMs() - flow.startMs());
                Long sent = flow.source().bytes();
                Long received = flow.destination().bytes();
                if (Exchanges.isExchange(flow) && sent != null && received != null && sent > 0 && received > 0) {
                    looked++;
                    String size = sent + "/" + received;
                    Eviction.makeRoom(counts, size, MAX_SIZES, count -> count);
                    counts.merge(size, 1L, Long::sum);
                }
            }
            return new Channel(
                    firstMs,
                    connections + activity.connections(),
                    answered,
                    adminTries + (isAdmin ? activity.connections() : 0),
                    longest,
                    counts,
                    looked);
        }
    }

    /** True if a source that is known for a time had no other peer outside before an activity. */
    boolean isWithoutPeer(Activity activity, long leastMs) {
        return activity.firstSeenMs() - sinceMs >= leastMs
                && peers.keySet().stream()
                        .allMatch(peer -> peer.equals(activity.destination().key()));
    }

    /** True if another peer answered at such a port. */
    boolean hasOther(Activity activity, IntPredicate isSuchPort) {
        return peers.entrySet().stream()
                .filter(each -> !each.getKey().equals(activity.destination().key()))
                .anyMatch(each -> each.getValue().ports().keySet().stream().anyMatch(isSuchPort::test));
    }

    /** A copy with further activity of a peer; at the bound the one with the fewest connections makes room. */
    Channels plus(Activity activity, int port, boolean isAdmin) {
        Map<String, Channel> copy = new HashMap<>(peers);
        String key = activity.destination().key();
        Eviction.makeRoom(copy, key, MAX_PEERS, Channel::connections);
        Channel before = copy.getOrDefault(key, new Channel(activity.firstSeenMs(), 0, Map.of(), 0, 0, Map.of(), 0));
        copy.put(key, before.plus(activity, port, isAdmin));
        return new Channels(sinceMs, copy);
    }
}
