/** Kafka clients, made in one place from the section {@code kafka} of the configuration. */
@NullMarked
package dev.weir.common.kafka;

import org.jspecify.annotations.NullMarked;
