/** Recorded flows seen as traffic between the peers of a described cluster. */
@NullMarked
package dev.weir.policy.replay;

import org.jspecify.annotations.NullMarked;
