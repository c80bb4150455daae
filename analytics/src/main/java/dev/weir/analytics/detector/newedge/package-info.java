/** An edge that a workload never had while its baseline was learned. */
@NullMarked
package dev.weir.analytics.detector.newedge;

import org.jspecify.annotations.NullMarked;
