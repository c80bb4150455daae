/** NetworkPolicy of Kubernetes itself, {@code networking.k8s.io/v1}. */
@NullMarked
package dev.weir.policy.dialect.kubernetes;

import org.jspecify.annotations.NullMarked;
