package dev.weir.alerting.notify;

import dev.weir.model.Severity;

/**
 * A place that notifications go to.
 *
 * @param name the name in routes, metrics and the outbox
 */
public record Receiver(String name, Severity minSeverity, Notifier notifier) {}
