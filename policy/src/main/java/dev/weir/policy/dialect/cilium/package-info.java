/** The policies of Cilium, group {@code cilium.io}: recognised, not compiled yet. */
@NullMarked
package dev.weir.policy.dialect.cilium;

import org.jspecify.annotations.NullMarked;
