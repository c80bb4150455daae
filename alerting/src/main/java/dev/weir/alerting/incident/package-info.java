/** Incidents and their state machine, timelines and the actions of people. */
@NullMarked
package dev.weir.alerting.incident;

import org.jspecify.annotations.NullMarked;
