package dev.weir.ingest.collector.netflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of decoding one datagram.
 *
 * @param sflow true for sFlow, false for NetFlow and IPFIX
 * @param flows flows of the datagram, and of earlier sets that waited for a template in it
 * @param optionsRecords number of records about the exporter itself
 * @param otherRecords number of data records without addresses
 * @param setsPending number of data sets that now wait for their template
 * @param setsLost number of data sets without a known template and without room to wait
 * @param missed flows (v5, IPFIX) or datagrams (v9) lost before this one, by the sequence number
 * @param lostPercent share of this exporter's flows or datagrams that was lost lately, in percent; null for none
 */
record Decoded(
        int version,
        boolean sflow,
        List<ExportedFlow> flows,
        int optionsRecords,
        int otherRecords,
        int setsPending,
        int setsLost,
        long missed,
        @Nullable Integer lostPercent) {
    /** Returns the version's label in metrics: 5, 9, 10 or sflow. */
    String label() {
        return sflow ? "sflow" : Integer.toString(version);
    }
}
