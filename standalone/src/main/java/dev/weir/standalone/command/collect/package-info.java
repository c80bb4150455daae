/** {@code weir collect}: what a source tells, on standard output and without Kafka. */
@NullMarked
package dev.weir.standalone.command.collect;

import org.jspecify.annotations.NullMarked;
