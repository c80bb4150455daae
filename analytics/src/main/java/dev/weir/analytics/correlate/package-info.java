/** Merges findings into alerts, groups alerts into incidents, and limits the number that is reported. */
@NullMarked
package dev.weir.analytics.correlate;

import org.jspecify.annotations.NullMarked;
