package dev.weir.ingest.collector.netflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one datagram held.
 *
 * @param sflow whether it is sFlow and not NetFlow or IPFIX
 * @param flows those of sets that waited for a template in this datagram included
 * @param optionsRecords records about the exporter itself
 * @param otherRecords data records without addresses
 * @param setsHeld data sets that now wait for their template
 * @param setsLost data sets that no template is known for and no room to wait
 * @param missed how many flows (v5, IPFIX) or datagrams (v9) the sequence number says were lost before this one
 * @param lostPercent the share of what this exporter sent that was lost lately; null for none
 */
record Decoded(
        int version,
        boolean sflow,
        List<ExportedFlow> flows,
        int optionsRecords,
        int otherRecords,
        int setsHeld,
        int setsLost,
        long missed,
        @Nullable Integer lostPercent) {
    /** The version in metrics: 5, 9, 10 or sflow. */
    String label() {
        return sflow ? "sflow" : Integer.toString(version);
    }
}
