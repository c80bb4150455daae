/** Compiles the policies of Cilium, group {@code cilium.io}. */
@NullMarked
package dev.weir.policy.dialect.cilium;

import org.jspecify.annotations.NullMarked;
