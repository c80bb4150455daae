/** Data in the names and answers of DNS. */
@NullMarked
package dev.weir.analytics.detector.dnstunnel;

import org.jspecify.annotations.NullMarked;
