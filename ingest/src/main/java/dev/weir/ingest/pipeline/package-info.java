/** The way of a flow from the collector that read it to the sink. */
@NullMarked
package dev.weir.ingest.pipeline;

import org.jspecify.annotations.NullMarked;
