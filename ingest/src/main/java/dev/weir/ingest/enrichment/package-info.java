/** Resolves addresses to endpoints at the flow's time, from weir.context, DNS answers and network databases. */
@NullMarked
package dev.weir.ingest.enrichment;

import org.jspecify.annotations.NullMarked;
