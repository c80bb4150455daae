/** Decides what the policies in force say about traffic, and why. Dialects live in a package each. */
@NullMarked
package dev.weir.policy;

import org.jspecify.annotations.NullMarked;
