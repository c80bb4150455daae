/** The clauses of rules, parsed strictly and tested against peers. Shared by the dialects. */
@NullMarked
package dev.weir.policy.clause;

import org.jspecify.annotations.NullMarked;
