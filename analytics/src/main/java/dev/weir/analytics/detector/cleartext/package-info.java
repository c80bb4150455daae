/** Connections that anybody on the way can read. */
@NullMarked
package dev.weir.analytics.detector.cleartext;

import org.jspecify.annotations.NullMarked;
