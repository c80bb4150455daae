package dev.weir.alerting.notify.webhook;

import dev.weir.model.Severity;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the generic webhook.
 *
 * @param url endpoint that takes alerts as JSON; absent for none
 * @param urlFile file that holds it
 * @param signingSecretFile file that holds a secret, {@code whsec_} and base64, to sign with after Standard Webhooks; absent for none
 * @param minSeverity the least severity that is sent
 */
public record WebhookConfig(
        @Nullable String url,
        @Nullable String urlFile,
        @Nullable String signingSecretFile,
        Severity minSeverity) {
    public WebhookConfig(
            @Nullable String url,
            @Nullable String urlFile,
            @Nullable String signingSecretFile,
            @Nullable Severity minSeverity) {
        this.url = url;
        this.urlFile = urlFile;
        this.signingSecretFile = signingSecretFile;
        this.minSeverity = minSeverity == null ? Severity.LOW : minSeverity;
    }
}
