/** Resolves the ends of a flow, decides what policy says of it, and rolls flows up to activities. */
@NullMarked
package dev.weir.analytics.judge;

import org.jspecify.annotations.NullMarked;
