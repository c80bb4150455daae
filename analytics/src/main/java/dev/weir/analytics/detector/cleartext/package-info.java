/** Connections that are readable on the way. */
@NullMarked
package dev.weir.analytics.detector.cleartext;

import org.jspecify.annotations.NullMarked;
