package dev.weir.alerting.notify.slack;

import dev.weir.model.Severity;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the Slack notifier.
 *
 * @param webhookUrl incoming webhook; absent for none
 * @param webhookUrlFile file that holds it, so that it need not stand in the configuration
 * @param minSeverity the least severity that is sent
 */
public record SlackConfig(
        @Nullable String webhookUrl, @Nullable String webhookUrlFile, Severity minSeverity) {
    public SlackConfig(@Nullable String webhookUrl, @Nullable String webhookUrlFile, @Nullable Severity minSeverity) {
        this.webhookUrl = webhookUrl;
        this.webhookUrlFile = webhookUrlFile;
        this.minSeverity = minSeverity == null ? Severity.LOW : minSeverity;
    }
}
