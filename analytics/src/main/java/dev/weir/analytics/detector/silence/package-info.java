/** An edge that always speaks and has stopped. */
@NullMarked
package dev.weir.analytics.detector.silence;

import org.jspecify.annotations.NullMarked;
