/** A volume that a workload or edge never had, and the silence of one that always speaks. */
@NullMarked
package dev.weir.analytics.detector.volumeanomaly;

import org.jspecify.annotations.NullMarked;
