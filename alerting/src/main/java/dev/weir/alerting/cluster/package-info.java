/** The clusters' objects, as the policy engine sees them now. */
@NullMarked
package dev.weir.alerting.cluster;

import org.jspecify.annotations.NullMarked;
