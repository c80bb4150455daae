/** Filters of log lines of libraries, for events of which Weir knows the cause. */
@NullMarked
package dev.weir.standalone.log;

import org.jspecify.annotations.NullMarked;
