/** The interface of notifiers, and the outbox that drives them; each kind is a package below. */
@NullMarked
package dev.weir.alerting.notify;

import org.jspecify.annotations.NullMarked;
