/** Calls by gRPC that go on for as long as the other side lives, made again when they end. */
@NullMarked
package dev.weir.ingest.stream;

import org.jspecify.annotations.NullMarked;
