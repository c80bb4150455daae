/** First contacts that keep failing, however far apart. */
@NullMarked
package dev.weir.analytics.detector.slowscan;

import org.jspecify.annotations.NullMarked;
