/** From weir.alerts into the store. */
@NullMarked
package dev.weir.alerting.intake;

import org.jspecify.annotations.NullMarked;
