/** What happens to a flow between the collector that read it and the sink. */
@NullMarked
package dev.weir.ingest.intake;

import org.jspecify.annotations.NullMarked;
