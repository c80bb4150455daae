/** Packets of captures and samples: their headers, tunnels and ICMP types. */
@NullMarked
package dev.weir.ingest.packet;

import org.jspecify.annotations.NullMarked;
