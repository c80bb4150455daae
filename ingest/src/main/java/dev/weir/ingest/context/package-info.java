/** Objects of a cluster on their way to weir.context, from whatever tells of them. */
@NullMarked
package dev.weir.ingest.context;

import org.jspecify.annotations.NullMarked;
