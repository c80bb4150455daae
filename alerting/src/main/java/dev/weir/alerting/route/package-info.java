/** Who is told of what, and when, in Alertmanager's words. */
@NullMarked
package dev.weir.alerting.route;

import org.jspecify.annotations.NullMarked;
