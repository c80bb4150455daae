/** Throughput of the job, as a ratio beside a null job in the same run. */
@NullMarked
package dev.weir.benchmarks;

import org.jspecify.annotations.NullMarked;
