/** An in-process Kafka broker and the topics. */
@NullMarked
package dev.weir.standalone.broker;

import org.jspecify.annotations.NullMarked;
