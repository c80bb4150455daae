/** What people do about alerts: incidents, their states, and decisions that teach the baseline. */
@NullMarked
package dev.weir.alerting.incident;

import org.jspecify.annotations.NullMarked;
