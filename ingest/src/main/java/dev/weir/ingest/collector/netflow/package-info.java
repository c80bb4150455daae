/** NetFlow v5, v9 and IPFIX over UDP (RFC 3954, RFC 7011, RFC 5103). */
@NullMarked
package dev.weir.ingest.collector.netflow;

import org.jspecify.annotations.NullMarked;
