/** Contact with peers on threat lists. */
@NullMarked
package dev.weir.analytics.detector.threatlist;

import org.jspecify.annotations.NullMarked;
