/** The collector for Hubble Relay and Cilium's agents, by gRPC: {@code observer.Observer/GetFlows}. */
@NullMarked
package dev.weir.ingest.collector.hubble;

import org.jspecify.annotations.NullMarked;
