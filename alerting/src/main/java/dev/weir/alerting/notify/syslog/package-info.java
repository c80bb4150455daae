/** Syslog after RFC 5424. */
@NullMarked
package dev.weir.alerting.notify.syslog;

import org.jspecify.annotations.NullMarked;
