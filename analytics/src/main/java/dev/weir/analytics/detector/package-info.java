/** Parts that all detectors share, and the registry. Each detector is a package below. */
@NullMarked
package dev.weir.analytics.detector;

import org.jspecify.annotations.NullMarked;
