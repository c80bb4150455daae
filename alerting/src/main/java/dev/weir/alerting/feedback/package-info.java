/** Publishes people's decisions to {@code weir.feedback}, which analytics reads. */
@NullMarked
package dev.weir.alerting.feedback;

import org.jspecify.annotations.NullMarked;
