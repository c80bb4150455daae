/** More connections or packets than a service is meant to take, from one source or from many. */
@NullMarked
package dev.weir.analytics.detector.flood;

import org.jspecify.annotations.NullMarked;
