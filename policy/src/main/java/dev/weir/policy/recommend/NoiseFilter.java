package dev.weir.policy.recommend;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which edges a policy should rest on, and gives the reason for leaving out the others. */
final class NoiseFilter {
    /**
     * The number of ports of one destination, or of destinations on one port, from which mostly failed connections
     * count as a scan.
     */
    private static final int SCAN = 10;

    /** The number of successful flows from which an edge within a scan counts as meant. */
    private static final int MEANT = 10;

    private static final Set<String> METADATA = Set.of("169.254.169.254", "fd00:ec2::254");

    private final int minFlows;

    /**
     * Creates a filter.
     *
     * @param minFlows edges of fewer flows are left out, unless one of them lasted
     */
    NoiseFilter(int minFlows) {
        this.minFlows = minFlows;
    }

    /** The edges that are left out, each with the reason. */
    Map<Edge, String> leftOut(Collection<Edge> edges) {
        Set<String> scans = scans(edges);
        Set<String> many = many(edges);
        Map<Edge, String> out = new LinkedHashMap<>();
        for (Edge edge : edges) {
            String reason = reason(edge, scans, many);
            if (reason != null) {
                out.put(edge, reason);
            }
        }
        return out;
    }

    private @Nullable String reason(Edge edge, Set<String> scans, Set<String> many) {
        Edge.Key key = edge.key();
        if (edge.everFailed()) {
            return "never succeeded";
        }
        if (edge.mostlyFailed()) {
            return "failed more often than not";
        }
        boolean meant = edge.count() >= MEANT;
        if (!meant && (scans.contains(ofPorts(key)) || scans.contains(ofHosts(key)))) {
            return "is part of what looks like a scan";
        }
        if (METADATA.contains(key.destinationName())) {
            return "asks the cloud's metadata service, which hands out credentials";
        }
        if (edge.floods()) {
            return "looks like a flood: too many at once, and nothing came back";
        }
        if (edge.count() < minFlows && !edge.lasting() && !many.contains(ofOutside(key))) {
            return edge.count() == 1 ? "was seen once" : "was seen " + edge.count() + " times";
        }
        return null;
    }

    /** The workloads with so many addresses outside the cluster at their other ends that each may be seen just once. */
    private static Set<String> many(Collection<Edge> edges) {
        Map<String, Integer> addresses = new HashMap<>();
        for (Edge edge : edges) {
            boolean outside = edge.key().source() == null || edge.key().destination() == null;
            if (outside && !edge.mostlyFailed()) {
                addresses.merge(ofOutside(edge.key()), 1, Integer::sum);
            }
        }
        addresses.values().removeIf(count -> count < SCAN);
        return Set.copyOf(addresses.keySet());
    }

    private static String ofOutside(Edge.Key key) {
        return key.source() == null
                ? "from outside to " + key.destinationName() + ' ' + key.service()
                : key.destination() == null ? "to outside from " + key.sourceName() + ' ' + key.service() : "";
    }

    private static Set<String> scans(Collection<Edge> edges) {
        Map<String, int[]> groups = new HashMap<>();
        for (Edge edge : edges) {
            for (String group : Set.of(ofPorts(edge.key()), ofHosts(edge.key()))) {
                int[] counts = groups.computeIfAbsent(group, name -> new int[2]);
                counts[0]++;
                counts[1] += edge.mostlyFailed() ? 1 : 0;
            }
        }
        Set<String> scans = new HashSet<>();
        groups.forEach((group, counts) -> {
            if (counts[0] >= SCAN && counts[1] * 2 > counts[0]) {
                scans.add(group);
            }
        });
        return scans;
    }

    private static String ofPorts(Edge.Key key) {
        return "ports " + key.sourceName() + ' ' + key.destinationName();
    }

    private static String ofHosts(Edge.Key key) {
        return "hosts " + key.sourceName() + ' ' + key.service();
    }
}
