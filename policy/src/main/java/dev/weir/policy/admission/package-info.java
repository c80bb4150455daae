/** Predicts which policies the Kubernetes API server refuses, field by field. */
@NullMarked
package dev.weir.policy.admission;

import org.jspecify.annotations.NullMarked;
