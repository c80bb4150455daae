/** Says why a decision is what it is, and what would change it. */
@NullMarked
package dev.weir.policy.explain;

import org.jspecify.annotations.NullMarked;
