package dev.weir.alerting.notify.alertmanager;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the Alertmanager notifier.
 *
 * @param url of Alertmanager, without the path of the API
 * @param bearerTokenFile file that holds a token; absent for none
 */
public record AlertmanagerConfig(
        @Nullable String url, @Nullable String bearerTokenFile) {}
