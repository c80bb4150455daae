/** A lab of network namespaces in which real programs make ordinary traffic and attacks, recorded with labels. */
@NullMarked
package dev.weir.standalone.lab;

import org.jspecify.annotations.NullMarked;
