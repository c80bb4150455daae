/**
 * The database: alerts, incidents, decisions, baselines, edges, notification groups, the outbox, leases and intake
 * offsets.
 */
@NullMarked
package dev.weir.alerting.store;

import org.jspecify.annotations.NullMarked;
