/** Mail over SMTP. */
@NullMarked
package dev.weir.alerting.notify.email;

import org.jspecify.annotations.NullMarked;
