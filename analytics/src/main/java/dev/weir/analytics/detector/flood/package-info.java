/** More connections to one destination than it can be meant to serve. */
@NullMarked
package dev.weir.analytics.detector.flood;

import org.jspecify.annotations.NullMarked;
