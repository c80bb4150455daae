package dev.weir.alerting.notify.ntfy;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the ntfy notifier.
 *
 * @param url of the server
 * @param topic name of the topic on the server
 * @param tokenFile file that holds an access token; absent for none
 */
public record NtfyConfig(
        @Nullable String url,
        @Nullable String topic,
        @Nullable String tokenFile) {}
