/** A simulated shop, its traffic, and the demo. */
@NullMarked
package dev.weir.standalone.demo;

import org.jspecify.annotations.NullMarked;
