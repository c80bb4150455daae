/** Traffic between zones that must be apart. */
@NullMarked
package dev.weir.analytics.detector.segment;

import org.jspecify.annotations.NullMarked;
