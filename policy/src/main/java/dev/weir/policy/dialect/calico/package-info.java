/** The policies of Calico, group {@code projectcalico.org}: recognised, not compiled yet. */
@NullMarked
package dev.weir.policy.dialect.calico;

import org.jspecify.annotations.NullMarked;
