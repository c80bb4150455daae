/** The way of a flow from the collector that read it to the sink. */
@NullMarked
package dev.weir.ingest.intake;

import org.jspecify.annotations.NullMarked;
