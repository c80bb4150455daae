/** A port at which a workload never answered while its baseline was learned. */
@NullMarked
package dev.weir.analytics.detector.newlisteningport;

import org.jspecify.annotations.NullMarked;
