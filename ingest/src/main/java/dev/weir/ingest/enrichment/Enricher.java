package dev.weir.ingest.enrichment;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Ip;
import dev.weir.model.context.ClusterObject;
import dev.weir.model.context.ContextHistory;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names the ends of flows by the context of the flow's own time. Safe for use by several threads. */
public final class Enricher {
    private static final Logger LOG = LoggerFactory.getLogger(Enricher.class);

    private final ContextHistory history;
    private final LearnedNames names = new LearnedNames();
    private final Networks networks;
    private final IngestMetrics metrics;

    /**
     * @param networks what is known of addresses outside the cluster
     */
    public Enricher(Duration history, Networks networks, IngestMetrics metrics) {
        this.networks = networks;
        this.history = new ContextHistory(history);
        this.metrics = metrics;
    }

    public synchronized void apply(ContextChange change) {
        try {
            history.apply(change);
        } catch (InvalidRecordException e) {
            metrics.contextRejected.inc();
            LOG.warn("{} is ignored: {}", change.key(), e.getMessage());
        }
        metrics.contextObjects.set(history.size());
    }

    /** Forgets what the history need no longer hold. */
    public synchronized void prune(long nowMs) {
        history.prune(nowMs);
        metrics.contextObjects.set(history.size());
    }

    /** Names the ends, and learns the names that the flow itself tells: what an answer gave the client that had asked. */
    public synchronized Flow enrich(Flow flow) {
        names.learn(flow);
        long ms = flow.startMs();
        Endpoint source = history.resolve(withServiceName(flow.source(), ms), ms);
        Endpoint destination = history.resolve(withServiceName(flow.destination(), ms), ms);
        return flow.withEndpoints(named(source, destination), named(destination, source));
    }

    /** A collector may tell the Service by its address alone. */
    private Endpoint withServiceName(Endpoint end, long ms) {
        String address = end.service();
        return address != null
                        && Ip.canonical(address) != null
                        && history.ownerOf(address, ms) instanceof ClusterObject.Service service
                ? end.named(end.namespace(), end.pod(), end.node(), service.name())
                : end;
    }

    /** What is nothing of the cluster by the name that the other end knows it by, else by what is known of networks. */
    private Endpoint named(Endpoint end, Endpoint asker) {
        boolean outside = end.namespace() == null && end.pod() == null && end.node() == null && end.service() == null;
        if (!outside || end.names() != null) {
            return end;
        }
        String name = names.of(asker.ip(), end.ip());
        return name == null ? networks.describe(end) : end.withNames(List.of(name));
    }
}
