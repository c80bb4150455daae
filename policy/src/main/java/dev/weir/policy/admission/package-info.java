/** Says what the Kubernetes API server refuses when a policy is written, field by field. */
@NullMarked
package dev.weir.policy.admission;

import org.jspecify.annotations.NullMarked;
