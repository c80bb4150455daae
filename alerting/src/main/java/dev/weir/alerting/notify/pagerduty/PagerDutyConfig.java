package dev.weir.alerting.notify.pagerduty;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the PagerDuty notifier.
 *
 * @param routingKey of an integration with Events API v2
 * @param routingKeyFile file that holds it
 * @param url of the API
 */
public record PagerDutyConfig(
        @Nullable String routingKey, @Nullable String routingKeyFile, String url) {
    public PagerDutyConfig(@Nullable String routingKey, @Nullable String routingKeyFile, @Nullable String url) {
        this.routingKey = routingKey;
        this.routingKeyFile = routingKeyFile;
        this.url = url == null ? "https://events.pagerduty.com/v2/enqueue" : url;
    }
}
