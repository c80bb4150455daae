/** The cluster as the policies see it now. */
@NullMarked
package dev.weir.alerting.cluster;

import org.jspecify.annotations.NullMarked;
