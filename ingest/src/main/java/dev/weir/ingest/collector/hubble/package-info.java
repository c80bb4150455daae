/** Hubble Relay and agents by gRPC: {@code observer.Observer/GetFlows}. */
@NullMarked
package dev.weir.ingest.collector.hubble;

import org.jspecify.annotations.NullMarked;
