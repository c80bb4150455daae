/** Publishes flows and context changes to Kafka, with the positions of sources and the spool. */
@NullMarked
package dev.weir.ingest.publish;

import org.jspecify.annotations.NullMarked;
