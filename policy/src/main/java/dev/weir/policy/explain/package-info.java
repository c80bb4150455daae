/** Explains decisions, and the changes that would reverse them. */
@NullMarked
package dev.weir.policy.explain;

import org.jspecify.annotations.NullMarked;
