/** Streaming gRPC calls that are made again when they end. */
@NullMarked
package dev.weir.ingest.stream;

import org.jspecify.annotations.NullMarked;
