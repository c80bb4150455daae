/** The job graph, its sources and sinks, and how it is started. */
@NullMarked
package dev.weir.analytics.job;

import org.jspecify.annotations.NullMarked;
