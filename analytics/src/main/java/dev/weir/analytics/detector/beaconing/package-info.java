/** Regular contact to something outside, where more speaks against it than that it is regular. */
@NullMarked
package dev.weir.analytics.detector.beaconing;

import org.jspecify.annotations.NullMarked;
