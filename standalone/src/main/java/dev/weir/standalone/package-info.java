/** All parts in one JVM, and its data folder. */
@NullMarked
package dev.weir.standalone;

import org.jspecify.annotations.NullMarked;
