package dev.weir.ingest.collector.netflow;

import dev.weir.common.LogLimit;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns datagrams into flows; every record becomes a flow or is counted. For one thread. */
final class NetflowReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(NetflowReceiver.class);
    private static final int LOG_EVERY = 1_000;

    private final PendingSets pending;
    private final NetflowDecoder decoder;
    private final @Nullable InterNode interNode;
    private final @Nullable String cluster;
    private final IngestMetrics metrics;
    private final LogLimit rejected = new LogLimit(LOG_EVERY);
    private final LogLimit conflicting = new LogLimit(LOG_EVERY);
    private final LogLimit evictions = new LogLimit(LOG_EVERY);

    /**
     * The transport of messages. Templates can be withdrawn only if messages are neither lost nor forged (RFC 7011,
     * 8.4).
     */
    enum Transport {
        DATAGRAMS,
        CONNECTION
    }

    /**
     * Creates a receiver.
     *
     * @param interNode joins Antrea's records of two nodes; null to pass them on as they are
     */
    NetflowReceiver(NetflowConfig config, @Nullable InterNode interNode, Transport transport, IngestMetrics metrics) {
        this.interNode = interNode;
        this.pending = new PendingSets(config.templateWait().toMillis());
        this.decoder = new NetflowDecoder(pending, transport == Transport.CONNECTION);
        this.cluster = config.cluster();
        this.metrics = metrics;
    }

    /** Receives every flow. */
    interface Out {
        /**
         * Accepts a flow.
         *
         * @param point place of the observation at the exporter; null if it is unknown
         */
        void take(Flow flow, @Nullable String point);
    }

    /**
     * Passes on the flows of a datagram, and of earlier ones whose templates it contains.
     *
     * @param port source port of the sender; with the address it identifies the session that templates belong to
     * @return false if the datagram is rejected
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
            metrics.netflowSetsWaited.inc(decoded.setsPending());
            metrics.netflowSetsLost.inc(decoded.setsLost());
            metrics.netflowRecordsSkipped.labels("no_addresses").inc(decoded.otherRecords());
            for (ExportedFlow record : decoded.flows()) {
                add(record, exporter, decoded.lostPercent(), nowMs, out);
            }
            return true;
        } catch (MalformedDatagramException e) {
            metrics.datagramsRejected.labels(metrics.exporter(exporter)).inc();
            rejected.count(number -> LOG.warn(
                    "netflow: a datagram from {} is rejected: {} ({} rejected so far)",
                    exporter,
                    e.getMessage(),
                    number));
            return false;
        } finally {
            countEvicted(decoder.takeEvicted());
            count("template", decoder.takeTemplatesEvicted());
            count("sampler", decoder.takeSamplersRefused());
            count("agent", decoder.takeAgentsEvicted());
        }
    }

    /** Drops data that has waited too long for its template. */
    void expire(long nowMs) {
        int lost = pending.expire(nowMs);
        if (lost > 0) {
            metrics.netflowSetsLost.inc(lost);
            LOG.warn(
                    "netflow: the templates of {} data sets did not come; their flows are lost; configure the exporters to repeat their templates",
                    lost);
        }
    }

    private void countConflicts(String exporter, int conflicts) {
        if (conflicts == 0) {
            return;
        }
        metrics.netflowTemplateConflicts.labels(metrics.exporter(exporter)).inc(conflicts);
        conflicting.count(number -> LOG.warn(
                "netflow: templates of {} contradict each other ({} times so far): several exporters stand behind this address,"
                        + " or a forger sends from it; give each exporter an address or an observation domain of"
                        + " its own",
                exporter,
                number));
    }

    private void count(String table, long evicted) {
        if (evicted > 0) {
            metrics.entriesEvicted.labels(table).inc(evicted);
        }
    }

    private void countEvicted(FairLruMap.@Nullable Evicted evicted) {
        if (evicted == null) {
            return;
        }
        metrics.netflowSessionsEvicted.labels(evicted.bound().label()).inc();
        evictions.count(number -> LOG.warn(
                "netflow: templates of {} are evicted, since {} ({} times so far); its flows are lost until it repeats them; find"
                        + " the sender that changes its source port or observation domain all the time",
                evicted.address(),
                evicted.bound() == FairLruMap.Bound.ADDRESS
                        ? "it has more than " + NetflowDecoder.MAX_DOMAINS_OF_ADDRESS + " source ports and domains"
                        : "all exporters together have more than " + NetflowDecoder.MAX_DOMAINS
                                + " source ports and domains, and it has most",
                number));
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
