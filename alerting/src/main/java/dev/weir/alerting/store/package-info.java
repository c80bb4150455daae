/** Alerts and undelivered notifications in a database. */
@NullMarked
package dev.weir.alerting.store;

import org.jspecify.annotations.NullMarked;
