package dev.weir.standalone.command;

import dev.weir.common.Ip;
import dev.weir.common.config.Durations;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowCodec;
import dev.weir.model.context.ContextHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Counts times, clusters, connections and unnamed endpoints of recorded flows while they are read. */
final class Recording implements Iterator<byte[]> {
    /** The limit of distinct connections and of workloads; beyond it they are no longer counted apart. */
    private static final int MAX_DISTINCT = 100_000;

    private static final int MAX_NAMED = 5;
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Iterator<Flow> flows;
    private final ContextHistory context = new ContextHistory(LONGEST);
    private final boolean described;
    private final Set<String> workloads = new HashSet<>();
    private final Set<String> connections = new HashSet<>();
    private final Set<String> clusters = new TreeSet<>();
    private final Set<String> unnamedExamples = new TreeSet<>();
    private long count;
    private long withoutCluster;
    private long external;
    private long unnamed;
    private long firstMs = Long.MAX_VALUE;
    private long lastMs = Long.MIN_VALUE;

    Recording(Iterator<Flow> flows, List<ContextChange> changes) {
        this.flows = flows;
        this.described = !changes.isEmpty();
        changes.forEach(context::apply);
    }

    @Override
    public boolean hasNext() {
        return flows.hasNext();
    }

    @Override
    public byte[] next() {
        Flow flow = flows.next();
        count(flow);
        return FlowCodec.encode(flow);
    }

    /**
     * The least times of learning.
     *
     * @param edges of edges inside
     * @param others of peers outside and listening ports
     */
    record Learning(Duration edges, Duration others) {
        private String describe() {
            return edges.equals(others)
                    ? "new ones are reported after " + Durations.format(edges)
                    : "new ones are reported after " + Durations.format(edges) + ", and new peers outside after "
                            + Durations.format(others);
        }
    }

    /** A summary of the flows, in lines for a person. */
    List<String> summary(Learning learning) {
        if (count == 0) {
            return List.of("no flows were read");
        }
        List<String> lines = new ArrayList<>();
        lines.add("read " + count + " flows of " + second(firstMs) + " to " + second(lastMs) + " ("
                + Durations.format(span()) + ")");
        lines.add("learned " + distinct(workloads) + " workloads or addresses and " + distinct(connections)
                + " connections; " + learning.describe());
        if (unnamed > 0 || external > 0) {
            lines.add("could not name " + (unnamed + external) + " of " + 2 * count + " ends: " + external
                    + " are outside the cluster, " + unnamed + " have an address that "
                    + (described
                            ? "no object of the manifests has at that time"
                            : "is not described, as there are no manifests")
                    + (unnamedExamples.isEmpty() ? "" : " (such as " + String.join(", ", unnamedExamples) + ")"));
        }
        return lines;
    }

    /** Remarks on limits of the recording that weaken the result. */
    List<String> remarks(Learning learning) {
        List<String> remarks = new ArrayList<>();
        if (count == 0) {
            return remarks;
        }
        if (span().compareTo(learning.edges()) < 0) {
            remarks.add("the flows span " + Durations.format(span()) + ", which is shorter than the "
                    + Durations.format(learning.edges())
                    + " of learning, so that nothing can be reported as new; choose a shorter time with --learn");
        } else if (span().compareTo(learning.others()) < 0) {
            remarks.add("the flows span " + Durations.format(span()) + ": connections inside were learned for "
                    + Durations.format(learning.edges()) + " of it, and peers outside and listening ports need "
                    + Durations.format(learning.others())
                    + " before one is reported as new; a longer recording, or --learn, shows those too");
        }
        if (unnamed > 0 && unnamed + external == 2 * count) {
            remarks.add("no flow names a workload or has labels"
                    + (described
                            ? ", and no object of the manifests has any of their addresses; are they of this cluster and time?"
                            : "; describe the cluster with --manifests, or workloads and policies are not known"));
        }
        if (clusters.size() > 1) {
            remarks.add("the flows are of several clusters (" + String.join(", ", clusters)
                    + "); manifests describe one, so analyze each cluster by itself");
        }
        if (!clusters.isEmpty() && withoutCluster > 0) {
            remarks.add(withoutCluster + " of " + count + " flows name no cluster, the others "
                    + String.join(", ", clusters));
        }
        return remarks;
    }

    private void count(Flow flow) {
        count++;
        firstMs = Math.min(firstMs, flow.startMs());
        lastMs = Math.max(lastMs, flow.endMs());
        if (flow.cluster() == null) {
            withoutCluster++;
        } else if (clusters.size() < MAX_NAMED) {
            clusters.add(flow.cluster());
        }
        String source = end(flow.source(), flow.startMs());
        String destination = end(flow.destination(), flow.startMs());
        String cluster = flow.cluster() == null ? "" : flow.cluster();
        add(
                connections,
                String.join(
                        "|",
                        cluster,
                        source,
                        destination,
                        flow.protocol(),
                        String.valueOf(flow.destination().port())));
    }

    private String end(Endpoint given, long ms) {
        Endpoint end = context.resolve(given, ms);
        String key = Entity.of(end).key();
        boolean named = end.workload() != null || end.pod() != null || end.node() != null || end.service() != null;
        if (named || end.labels() != null) {
            add(workloads, key);
        } else if (Ip.isPublic(end.ip())) {
            external++;
        } else {
            unnamed++;
            add(workloads, key);
            if (unnamedExamples.size() < MAX_NAMED) {
                unnamedExamples.add(end.ip());
            }
        }
        return key;
    }

    private Duration span() {
        return Duration.ofMillis((lastMs - firstMs) / 1000 * 1000);
    }

    private static void add(Set<String> distinct, String key) {
        if (distinct.size() <= MAX_DISTINCT) {
            distinct.add(key);
        }
    }

    private static String distinct(Set<String> keys) {
        return keys.size() > MAX_DISTINCT ? "more than " + MAX_DISTINCT : Integer.toString(keys.size());
    }

    private static Instant second(long ms) {
        return Instant.ofEpochMilli(ms / 1000 * 1000);
    }
}
