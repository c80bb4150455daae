/** The job graph, its sources and sinks, and its start. */
@NullMarked
package dev.weir.analytics.job;

import org.jspecify.annotations.NullMarked;
