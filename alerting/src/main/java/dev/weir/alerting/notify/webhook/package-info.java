/** The notification as JSON to any HTTP endpoint. */
@NullMarked
package dev.weir.alerting.notify.webhook;

import org.jspecify.annotations.NullMarked;
