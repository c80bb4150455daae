/** Decides about traffic by the policies in force, and explains decisions. Each dialect has a package. */
@NullMarked
package dev.weir.policy;

import org.jspecify.annotations.NullMarked;
