/**
 * Policies of the whole cluster by the network-policy-api project, group {@code policy.networking.k8s.io}:
 * AdminNetworkPolicy and BaselineAdminNetworkPolicy of {@code v1alpha1}, ClusterNetworkPolicy of {@code v1alpha2}.
 */
@NullMarked
package dev.weir.policy.dialect.admin;

import org.jspecify.annotations.NullMarked;
