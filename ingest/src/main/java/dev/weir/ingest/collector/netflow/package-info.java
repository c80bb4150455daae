/**
 * The collector for NetFlow v5, v9, IPFIX and sFlow v5 over UDP, and IPFIX over TCP and TLS (RFC 3954, RFC 7011, RFC
 * 5103, sflow.org).
 */
@NullMarked
package dev.weir.ingest.collector.netflow;

import org.jspecify.annotations.NullMarked;
