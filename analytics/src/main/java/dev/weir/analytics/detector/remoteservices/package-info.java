/** Several ways to run programs on another machine, used one after the other. */
@NullMarked
package dev.weir.analytics.detector.remoteservices;

import org.jspecify.annotations.NullMarked;
