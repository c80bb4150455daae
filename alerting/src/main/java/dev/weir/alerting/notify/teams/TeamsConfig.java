package dev.weir.alerting.notify.teams;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the Microsoft Teams notifier.
 *
 * @param webhookUrl of a workflow that posts to a channel when a webhook request is received
 * @param webhookUrlFile file that holds it
 */
public record TeamsConfig(
        @Nullable String webhookUrl, @Nullable String webhookUrlFile) {}
