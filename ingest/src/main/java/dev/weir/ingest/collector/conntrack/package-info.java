/** The collector for the kernel's connection tracking, by the {@code conntrack} program: an agent for each node. */
@NullMarked
package dev.weir.ingest.collector.conntrack;

import org.jspecify.annotations.NullMarked;
