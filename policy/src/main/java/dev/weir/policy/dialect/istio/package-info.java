/** The policies of Istio, group {@code security.istio.io}: recognised, not compiled yet. */
@NullMarked
package dev.weir.policy.dialect.istio;

import org.jspecify.annotations.NullMarked;
