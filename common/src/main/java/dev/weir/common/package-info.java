/** Code that several modules need and that is not a record: addresses, hashes, bounded maps. */
@NullMarked
package dev.weir.common;

import org.jspecify.annotations.NullMarked;
