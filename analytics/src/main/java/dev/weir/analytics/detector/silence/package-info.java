/** An edge that is always used and has stopped. */
@NullMarked
package dev.weir.analytics.detector.silence;

import org.jspecify.annotations.NullMarked;
