/** The Kubernetes dialect: NetworkPolicy of networking.k8s.io/v1. */
@NullMarked
package dev.weir.policy.kubernetes;

import org.jspecify.annotations.NullMarked;
