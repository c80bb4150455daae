/** Keeps alerts, tells people, and answers for them over HTTP. */
@NullMarked
package dev.weir.alerting;

import org.jspecify.annotations.NullMarked;
