/** Peers that somebody keeps a list of. */
@NullMarked
package dev.weir.analytics.detector.threatlist;

import org.jspecify.annotations.NullMarked;
