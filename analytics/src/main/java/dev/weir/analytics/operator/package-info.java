/** Flink operators around the plain classes: state, timers, clean-up. */
@NullMarked
package dev.weir.analytics.operator;

import org.jspecify.annotations.NullMarked;
