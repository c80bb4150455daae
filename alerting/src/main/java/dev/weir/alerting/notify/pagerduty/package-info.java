/** PagerDuty's Events API of version 2. */
@NullMarked
package dev.weir.alerting.notify.pagerduty;

import org.jspecify.annotations.NullMarked;
