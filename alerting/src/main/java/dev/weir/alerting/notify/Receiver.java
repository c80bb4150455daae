package dev.weir.alerting.notify;

import dev.weir.model.Severity;

/**
 * Somebody who is told.
 *
 * @param name as routes, metrics and the outbox have it
 */
public record Receiver(String name, Severity minSeverity, Notifier notifier) {}
