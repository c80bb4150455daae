/** Flows from files and standard input: Weir NDJSON and Hubble export lines. */
@NullMarked
package dev.weir.ingest.collector.file;

import org.jspecify.annotations.NullMarked;
