/** What every collector has in common; each kind is a package below. */
@NullMarked
package dev.weir.ingest.collector;

import org.jspecify.annotations.NullMarked;
