/** Who asks, and what they may. */
@NullMarked
package dev.weir.alerting.auth;

import org.jspecify.annotations.NullMarked;
