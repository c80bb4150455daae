/** Microsoft Teams, by the webhook of a workflow. */
@NullMarked
package dev.weir.alerting.notify.teams;

import org.jspecify.annotations.NullMarked;
