/** The clauses that rules are made of, read strictly and held against peers. Shared by the dialects. */
@NullMarked
package dev.weir.policy.clause;

import org.jspecify.annotations.NullMarked;
