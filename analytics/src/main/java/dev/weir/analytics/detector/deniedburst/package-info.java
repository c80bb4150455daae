/** Many connections of one source that the network drops. */
@NullMarked
package dev.weir.analytics.detector.deniedburst;

import org.jspecify.annotations.NullMarked;
