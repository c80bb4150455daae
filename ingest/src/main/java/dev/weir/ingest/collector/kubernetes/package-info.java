/** The collector of context that watches the cluster through its API server. */
@NullMarked
package dev.weir.ingest.collector.kubernetes;

import org.jspecify.annotations.NullMarked;
