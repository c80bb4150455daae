/** A volume that a workload or an edge never had. */
@NullMarked
package dev.weir.analytics.detector.volumeanomaly;

import org.jspecify.annotations.NullMarked;
