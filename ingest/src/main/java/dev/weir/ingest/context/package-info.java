/** Objects of a cluster as context changes, from any of the collectors of context. */
@NullMarked
package dev.weir.ingest.context;

import org.jspecify.annotations.NullMarked;
