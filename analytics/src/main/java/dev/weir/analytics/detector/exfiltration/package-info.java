/** More data to a peer outside than is usual. */
@NullMarked
package dev.weir.analytics.detector.exfiltration;

import org.jspecify.annotations.NullMarked;
