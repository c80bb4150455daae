/** Packets as they stand in captures and samples. */
@NullMarked
package dev.weir.ingest.packet;

import org.jspecify.annotations.NullMarked;
