/** Slack incoming webhooks with Block Kit messages. */
@NullMarked
package dev.weir.alerting.notify.slack;

import org.jspecify.annotations.NullMarked;
