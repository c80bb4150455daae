/** Finds the side that opened a connection, merges its two halves and drops duplicate reports. */
@NullMarked
package dev.weir.ingest.orientation;

import org.jspecify.annotations.NullMarked;
