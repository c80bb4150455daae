/** Turns traffic and the state of the cluster into records on Kafka. */
@NullMarked
package dev.weir.ingest;

import org.jspecify.annotations.NullMarked;
