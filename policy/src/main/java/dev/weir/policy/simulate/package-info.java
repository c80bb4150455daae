/** Replays recorded flows against the policies in force and against proposed ones. */
@NullMarked
package dev.weir.policy.simulate;

import org.jspecify.annotations.NullMarked;
