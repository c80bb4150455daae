/** Turns what a cluster tells about its traffic and itself into records on Kafka. */
@NullMarked
package dev.weir.ingest;

import org.jspecify.annotations.NullMarked;
