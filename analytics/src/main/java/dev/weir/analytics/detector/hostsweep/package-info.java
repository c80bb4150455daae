/** Detects failed connections to one port of many destinations (horizontal scan). */
@NullMarked
package dev.weir.analytics.detector.hostsweep;

import org.jspecify.annotations.NullMarked;
