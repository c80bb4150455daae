/** One port tried in vain on many destinations (horizontal scan). */
@NullMarked
package dev.weir.analytics.detector.hostsweep;

import org.jspecify.annotations.NullMarked;
