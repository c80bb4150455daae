/** The wire forms of the records: JSON and protobuf. */
@NullMarked
package dev.weir.model.codec;

import org.jspecify.annotations.NullMarked;
