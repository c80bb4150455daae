/** Judges flows by policies and baselines and reports deviations. */
@NullMarked
package dev.weir.analytics;

import org.jspecify.annotations.NullMarked;
