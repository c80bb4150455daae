/** Holds flows against policy and baseline and says what breaks them. */
@NullMarked
package dev.weir.analytics;

import org.jspecify.annotations.NullMarked;
