/** Resolves the ends of a flow, judges it by the policies, and rolls flows up to activities. */
@NullMarked
package dev.weir.analytics.judge;

import org.jspecify.annotations.NullMarked;
