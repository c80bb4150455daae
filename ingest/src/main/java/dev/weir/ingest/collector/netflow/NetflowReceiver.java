package dev.weir.ingest.collector.netflow;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From datagram to flows, every record either a flow or counted. For one thread. */
final class NetflowReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(NetflowReceiver.class);
    /** One complaint for so many keeps a hostile sender from filling the log. */
    private static final int LOG_EVERY = 1000;

    private final HeldSets held;
    private final NetflowDecoder decoder;
    private final @Nullable InterNode interNode;
    private final @Nullable String cluster;
    private final IngestMetrics metrics;
    private long rejected;
    private long conflicting;
    private long forgotten;

    /** How messages come. Templates are withdrawn only where messages are neither lost nor forged (RFC 7011, 8.4). */
    enum Transport {
        DATAGRAMS,
        CONNECTION
    }

    /**
     * @param interNode where Antrea's records wait for their other end; null to hand them on as they are
     */
    NetflowReceiver(NetflowConfig config, @Nullable InterNode interNode, Transport transport, IngestMetrics metrics) {
        this.interNode = interNode;
        this.held = new HeldSets(config.templateWait().toMillis());
        this.decoder = new NetflowDecoder(held, transport == Transport.CONNECTION);
        this.cluster = config.cluster();
        this.metrics = metrics;
    }

    /** Is told of every flow. */
    interface Out {
        /**
         * @param point where the exporter saw it; null when that is not told
         */
        void take(Flow flow, @Nullable String point);
    }

    /**
     * Hands on the flows of a datagram, and of earlier ones that it brought the templates for.
     *
     * @param port that it came from; with the address it makes the session that templates belong to
     * @return false when it is refused
     */
    boolean receive(String exporter, int port, ByteBuf datagram, long nowMs, Out out) {
        try {
            Decoded decoded = decoder.decode(exporter, port, datagram, nowMs);
            String version = decoded.label();
            metrics.datagrams.labels(version).inc();
            if (decoded.missed() > 0) {
                metrics.netflowSequenceGaps
                        .labels(version, metrics.exporter(exporter))
                        .inc(decoded.missed());
            }
            countConflicts(exporter, decoder.takeConflicts());
            metrics.netflowSetsHeld.inc(decoded.setsHeld());
            metrics.netflowSetsLost.inc(decoded.setsLost());
            metrics.netflowRecordsSkipped.labels("no_addresses").inc(decoded.otherRecords());
            for (ExportedFlow record : decoded.flows()) {
                add(record, exporter, decoded.lostPercent(), nowMs, out);
            }
            return true;
        } catch (MalformedDatagramException e) {
            metrics.datagramsRejected.labels(metrics.exporter(exporter)).inc();
            if (rejected++ % LOG_EVERY == 0) {
                LOG.warn("a datagram from {} is refused: {} ({} refused so far)", exporter, e.getMessage(), rejected);
            }
            return false;
        } finally {
            countForgotten(decoder.takeEvicted());
        }
    }

    /** Gives up on what has waited too long for its template. */
    void expire(long nowMs) {
        int lost = held.expire(nowMs);
        if (lost > 0) {
            metrics.netflowSetsLost.inc(lost);
            LOG.warn("{} data sets had no template; are the exporters set to repeat their templates?", lost);
        }
    }

    private void countConflicts(String exporter, int conflicts) {
        if (conflicts == 0) {
            return;
        }
        metrics.netflowTemplateConflicts.labels(metrics.exporter(exporter)).inc(conflicts);
        if (conflicting++ % LOG_EVERY == 0) {
            LOG.warn(
                    "templates of {} contradict each other ({} times so far): several exporters stand behind this address,"
                            + " or a forger sends from it; give each exporter an address or an observation domain of"
                            + " its own",
                    exporter,
                    conflicting);
        }
    }

    private void countForgotten(FairLruMap.@Nullable Evicted evicted) {
        if (evicted == null) {
            return;
        }
        metrics.netflowSessionsForgotten.labels(evicted.bound().label()).inc();
        if (forgotten++ % LOG_EVERY == 0) {
            LOG.warn(
                    "templates of {} are forgotten, since {} ({} times so far): its data is lost until it repeats them; find"
                            + " the sender that changes its source port or observation domain all the time",
                    evicted.address(),
                    evicted.bound() == FairLruMap.Bound.ADDRESS
                            ? "it has more than " + NetflowDecoder.MAX_DOMAINS_OF_ADDRESS + " source ports and domains"
                            : "all exporters together have more than " + NetflowDecoder.MAX_DOMAINS
                                    + " source ports and domains, and it has most",
                    forgotten);
        }
    }

    private void add(ExportedFlow record, String exporter, @Nullable Integer lost, long nowMs, Out out) {
        if (ExportedFlows.isIcmpError(record)) {
            metrics.netflowRecordsSkipped.labels("icmp_error").inc();
            return;
        }
        try {
            Flow flow = ExportedFlows.flow(record, exporter, cluster).withLost(lost);
            Antrea antrea = record.antrea();
            if (interNode != null && antrea != null && antrea.lacksAnEnd()) {
                interNode.take(flow, nowMs, joined -> out.take(joined, null));
            } else {
                out.take(flow, record.point());
            }
        } catch (InvalidRecordException e) {
            metrics.netflowRecordsSkipped.labels("unspecified_address").inc();
        }
    }
}
