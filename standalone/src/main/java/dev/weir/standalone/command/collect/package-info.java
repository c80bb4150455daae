/** {@code weir collect}: prints the flows of a source on standard output, without Kafka. */
@NullMarked
package dev.weir.standalone.command.collect;

import org.jspecify.annotations.NullMarked;
