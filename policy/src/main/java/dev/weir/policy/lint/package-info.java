/** Finds what the API server would refuse, and what it takes although it cannot be meant. */
@NullMarked
package dev.weir.policy.lint;

import org.jspecify.annotations.NullMarked;
