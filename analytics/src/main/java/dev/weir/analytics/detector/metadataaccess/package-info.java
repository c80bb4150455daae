/** First access to a place that hands out credentials. */
@NullMarked
package dev.weir.analytics.detector.metadataaccess;

import org.jspecify.annotations.NullMarked;
