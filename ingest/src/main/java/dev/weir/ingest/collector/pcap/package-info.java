/** Packets of capture files and of tcpdump, put together to flows with what of DNS, HTTP and TLS is in the clear. */
@NullMarked
package dev.weir.ingest.collector.pcap;

import org.jspecify.annotations.NullMarked;
