/** Several remote services of one machine, used one after the other by one source. */
@NullMarked
package dev.weir.analytics.detector.remoteservices;

import org.jspecify.annotations.NullMarked;
