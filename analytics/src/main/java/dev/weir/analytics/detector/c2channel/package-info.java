/** A peer outside that shows several signs of command and control at once. */
@NullMarked
package dev.weir.analytics.detector.c2channel;

import org.jspecify.annotations.NullMarked;
