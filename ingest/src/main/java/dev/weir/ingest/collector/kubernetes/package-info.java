/** The cluster itself, watched through its API server. */
@NullMarked
package dev.weir.ingest.collector.kubernetes;

import org.jspecify.annotations.NullMarked;
