package dev.weir.alerting.notify.webhook;

import dev.weir.model.Severity;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the generic webhook.
 *
 * @param url endpoint that takes alerts as JSON; absent for none
 * @param urlFile file that holds it
 * @param signingSecretFile file that holds a secret, {@code whsec_} and base64, to sign with after Standard Webhooks;
 *     absent for none
 * @param templateFile file that holds the body in Mustache; absent for the notification as JSON
 * @param contentType of what the template gives; values in it are escaped as JSON wants it where it is of JSON
 * @param minSeverity the least severity that is sent
 */
public record WebhookConfig(
        @Nullable String url,
        @Nullable String urlFile,
        @Nullable String signingSecretFile,
        @Nullable String templateFile,
        String contentType,
        Severity minSeverity) {
    static final String JSON = "application/json";

    /** Settings without a webhook. */
    public static WebhookConfig none() {
        return new WebhookConfig(null, null, null, null, null, null);
    }

    public WebhookConfig(
            @Nullable String url,
            @Nullable String urlFile,
            @Nullable String signingSecretFile,
            @Nullable String templateFile,
            @Nullable String contentType,
            @Nullable Severity minSeverity) {
        this.url = url;
        this.urlFile = urlFile;
        this.signingSecretFile = signingSecretFile;
        this.templateFile = templateFile;
        this.contentType = contentType == null ? JSON : contentType;
        this.minSeverity = minSeverity == null ? Severity.LOW : minSeverity;
    }
}
