/** The cluster that manifests describe: its pods as peers, and its policies compiled. */
@NullMarked
package dev.weir.policy.cluster;

import org.jspecify.annotations.NullMarked;
