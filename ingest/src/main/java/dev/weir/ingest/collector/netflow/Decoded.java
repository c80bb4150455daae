package dev.weir.ingest.collector.netflow;

import java.util.List;

/**
 * What one datagram held.
 *
 * @param flows those of sets that waited for a template in this datagram included
 * @param optionsRecords records about the exporter itself
 * @param otherRecords data records without addresses
 * @param setsHeld data sets that now wait for their template
 * @param setsLost data sets that no template is known for and no room to wait
 * @param missed how many flows (v5, IPFIX) or datagrams (v9) the sequence number says were lost before this one
 */
record Decoded(
        int version,
        List<ExportedFlow> flows,
        int optionsRecords,
        int otherRecords,
        int setsHeld,
        int setsLost,
        long missed) {}
