/** Prometheus' Alertmanager, by its API of version 2. */
@NullMarked
package dev.weir.alerting.notify.alertmanager;

import org.jspecify.annotations.NullMarked;
