/**
 * Readers of five topics: weir.alerts, weir.activity, weir.baselines and weir.feedback go into the store, weir.context
 * into the cluster view.
 */
@NullMarked
package dev.weir.alerting.intake;

import org.jspecify.annotations.NullMarked;
