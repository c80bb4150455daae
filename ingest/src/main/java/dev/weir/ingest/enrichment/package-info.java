/** Who an address was at the flow's time, from weir.context. */
@NullMarked
package dev.weir.ingest.enrichment;

import org.jspecify.annotations.NullMarked;
