/** Many pages of one web server asked for by one client. */
@NullMarked
package dev.weir.analytics.detector.httprecon;

import org.jspecify.annotations.NullMarked;
