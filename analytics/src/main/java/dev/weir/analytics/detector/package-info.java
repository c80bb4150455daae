/** What every detector has in common, and the registry; each detector is a package below. */
@NullMarked
package dev.weir.analytics.detector;

import org.jspecify.annotations.NullMarked;
