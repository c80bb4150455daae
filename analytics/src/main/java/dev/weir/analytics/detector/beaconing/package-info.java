/** Regular contact to a peer outside that has further signs of a beacon. */
@NullMarked
package dev.weir.analytics.detector.beaconing;

import org.jspecify.annotations.NullMarked;
