/** Many short or refused connections to a service that asks who one is. */
@NullMarked
package dev.weir.analytics.detector.bruteforce;

import org.jspecify.annotations.NullMarked;
