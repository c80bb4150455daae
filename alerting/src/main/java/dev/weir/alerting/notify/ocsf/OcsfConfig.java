package dev.weir.alerting.notify.ocsf;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the OCSF notifier.
 *
 * @param file to which lines are appended; a program that rotates it may move it away
 * @param topic of Kafka that they go to instead, keyed by the alert's id
 */
public record OcsfConfig(@Nullable String file, @Nullable String topic) {}
