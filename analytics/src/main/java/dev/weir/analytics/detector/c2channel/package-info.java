/** A peer outside that several things speak against at once. */
@NullMarked
package dev.weir.analytics.detector.c2channel;

import org.jspecify.annotations.NullMarked;
