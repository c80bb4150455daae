/** Generated domain names, queried until one of them exists. */
@NullMarked
package dev.weir.analytics.detector.dga;

import org.jspecify.annotations.NullMarked;
