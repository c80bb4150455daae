/** Which side opened a connection, and its two halves made one flow. */
@NullMarked
package dev.weir.ingest.orientation;

import org.jspecify.annotations.NullMarked;
