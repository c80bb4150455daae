/** Finds policies that the API server would refuse, and accepted ones that can hardly be meant. */
@NullMarked
package dev.weir.policy.lint;

import org.jspecify.annotations.NullMarked;
