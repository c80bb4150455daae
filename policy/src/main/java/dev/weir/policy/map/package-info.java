/** Everything that the policies of a cluster allow among its workloads. */
@NullMarked
package dev.weir.policy.map;

import org.jspecify.annotations.NullMarked;
