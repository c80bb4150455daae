/** Many short or refused connections to a service with a login. */
@NullMarked
package dev.weir.analytics.detector.bruteforce;

import org.jspecify.annotations.NullMarked;
