/** Many paths of one web server requested by one client. */
@NullMarked
package dev.weir.analytics.detector.httprecon;

import org.jspecify.annotations.NullMarked;
