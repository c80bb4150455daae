/** Findings of one fingerprint become one alert that grows. */
@NullMarked
package dev.weir.analytics.correlate;

import org.jspecify.annotations.NullMarked;
