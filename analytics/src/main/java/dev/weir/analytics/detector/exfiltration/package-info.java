/** More data sent to a peer than is usual: to one outside, or in bulk to one inside. */
@NullMarked
package dev.weir.analytics.detector.exfiltration;

import org.jspecify.annotations.NullMarked;
