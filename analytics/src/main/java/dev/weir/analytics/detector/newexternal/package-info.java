/** A peer outside that a workload never had while its baseline was learned. */
@NullMarked
package dev.weir.analytics.detector.newexternal;

import org.jspecify.annotations.NullMarked;
