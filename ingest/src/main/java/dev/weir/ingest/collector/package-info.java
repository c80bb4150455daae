/** Collectors: their common interface, and a package for each kind. */
@NullMarked
package dev.weir.ingest.collector;

import org.jspecify.annotations.NullMarked;
