/** Flows from lines of any format, in files and on standard input. */
@NullMarked
package dev.weir.ingest.collector.logs;

import org.jspecify.annotations.NullMarked;
