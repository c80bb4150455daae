/** A shop's traffic, simulated. */
@NullMarked
package dev.weir.standalone.demo;

import org.jspecify.annotations.NullMarked;
