package dev.weir.ingest.enrichment;

import dev.weir.common.Ip;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.context.ClusterObject;
import dev.weir.model.context.Clusters;
import dev.weir.model.context.ContextHistory;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Resolves the endpoints of flows by the context at the flow's own time. Safe for use by several threads. */
public final class Enricher {
    private static final Logger LOG = LoggerFactory.getLogger(Enricher.class);

    private static final int MAX_CLUSTERS_LOGGED = 100;

    private final @Nullable String cluster;
    private final Clusters clusters;
    private final Set<String> unknownClusters = new HashSet<>();
    private final DnsNames names;
    private final Networks networks;
    private final IngestMetrics metrics;

    /**
     * Creates an enricher for flows of any cluster.
     *
     * @param networks names and countries of addresses outside the cluster
     */
    public Enricher(Duration history, Networks networks, IngestMetrics metrics) {
        this(null, history, networks, metrics);
    }

    /**
     * Creates an enricher without context.
     *
     * @param cluster the cluster of flows that do not name one; null if they may be of any
     * @param networks names and countries of addresses outside the cluster
     */
    public Enricher(@Nullable String cluster, Duration history, Networks networks, IngestMetrics metrics) {
        this.cluster = cluster;
        this.networks = networks;
        this.clusters = new Clusters(history);
        this.metrics = metrics;
        this.names = new DnsNames(metrics.entriesEvicted.labels("dns_name")::inc);
    }

    public synchronized void apply(ContextChange change) {
        try {
            clusters.apply(change);
        } catch (InvalidRecordException e) {
            metrics.contextRejected.inc();
            LOG.warn("weir.context: {} cannot be used and is ignored: {}", change.key(), e.getMessage());
        }
        metrics.contextObjects.set(clusters.size());
    }

    /** Removes context that is older than the history. */
    public synchronized void prune(long nowMs) {
        clusters.prune(nowMs);
        metrics.contextObjects.set(clusters.size());
    }

    /**
     * Resolves the endpoints, and learns the names in the flow itself: the addresses that a DNS answer gave its client.
     */
    public synchronized Flow enrich(Flow flow) {
        names.learn(flow);
        long ms = flow.startMs();
        Flow ours = flow.cluster() == null ? flow.withCluster(cluster) : flow;
        Clusters.Membership of = clusters.of(ours);
        count(ours, of);
        ContextHistory history = of.context();
        Endpoint source = history.resolve(withServiceName(history, flow.source(), ms), ms);
        Endpoint destination = history.resolve(withServiceName(history, flow.destination(), ms), ms);
        // An ambiguous cluster may be determined later, with more of the context.
        return ours.withCluster(of.isAmbiguous() ? ours.cluster() : of.cluster())
                .withEndpoints(named(source, destination), named(destination, source));
    }

    private void count(Flow flow, Clusters.Membership of) {
        metrics.flowsAmbiguous.inc(of.isAmbiguous() ? 1 : 0);
        String named = flow.cluster();
        if (named == null || of.context().size() > 0 || clusters.size() == 0) {
            return;
        }
        metrics.flowsOfUnknownCluster.inc();
        if (unknownClusters.size() < MAX_CLUSTERS_LOGGED && unknownClusters.add(named)) {
            LOG.warn(
                    "flows name the cluster '{}', of which weir.context has no objects, only of {}: their endpoints are not resolved;"
                            + " give the publisher of its context the same name with ingest.cluster",
                    named,
                    clusters.names());
        }
    }

    /** Adds the Service's name to an endpoint for which a collector has only the Service's address. */
    private static Endpoint withServiceName(ContextHistory history, Endpoint end, long ms) {
        String address = end.service();
        return address != null
                        && Ip.canonical(address) != null
                        && history.ownerOf(address, ms) instanceof ClusterObject.Service service
                ? end.named(end.namespace(), end.pod(), end.node(), service.name())
                : end;
    }

    /**
     * Names an endpoint outside the cluster by the DNS name that the other endpoint asked for, else by the network
     * databases and lists.
     */
    private Endpoint named(Endpoint end, Endpoint asker) {
        boolean outside = end.namespace() == null && end.pod() == null && end.node() == null && end.service() == null;
        if (!outside || end.names() != null) {
            return end;
        }
        String name = names.of(asker.ip(), end.ip());
        return name == null ? networks.describe(end) : end.withNames(List.of(name));
    }
}
