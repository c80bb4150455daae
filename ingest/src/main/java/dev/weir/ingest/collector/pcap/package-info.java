/**
 * The collector for capture files and tcpdump: aggregates packets to flows, with DNS, HTTP and TLS fields read in the
 * clear.
 */
@NullMarked
package dev.weir.ingest.collector.pcap;

import org.jspecify.annotations.NullMarked;
