/** Detects failed connections to many ports of one destination (vertical scan). */
@NullMarked
package dev.weir.analytics.detector.portscan;

import org.jspecify.annotations.NullMarked;
