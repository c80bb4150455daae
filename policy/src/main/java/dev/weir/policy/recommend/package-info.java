/** Derives least-privilege policies from recorded flows. */
@NullMarked
package dev.weir.policy.recommend;

import org.jspecify.annotations.NullMarked;
