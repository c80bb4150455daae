/** The collector for Calico's Goldmane, by gRPC: {@code goldmane.Flows/Stream}. */
@NullMarked
package dev.weir.ingest.collector.goldmane;

import org.jspecify.annotations.NullMarked;
