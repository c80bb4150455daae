/**
 * Notifications, and the sentences of them and of alerts, which every notifier and the terminal render in their own
 * form.
 */
@NullMarked
package dev.weir.alerting.message;

import org.jspecify.annotations.NullMarked;
