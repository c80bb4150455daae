/** First contacts that keep failing, however far apart they are. */
@NullMarked
package dev.weir.analytics.detector.slowscan;

import org.jspecify.annotations.NullMarked;
