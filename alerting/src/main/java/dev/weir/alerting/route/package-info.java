/** Routes from alerts to receivers, in Alertmanager's terms. */
@NullMarked
package dev.weir.alerting.route;

import org.jspecify.annotations.NullMarked;
