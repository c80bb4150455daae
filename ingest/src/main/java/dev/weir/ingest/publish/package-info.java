/** What is written to Kafka, and what became of it. */
@NullMarked
package dev.weir.ingest.publish;

import org.jspecify.annotations.NullMarked;
