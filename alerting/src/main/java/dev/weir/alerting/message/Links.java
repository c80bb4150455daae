package dev.weir.alerting.message;

import dev.weir.model.Alert;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that messages and the API's alerts link to. A slash at the end of either is removed.
 *
 * @param publicUrl the address at which people reach Weir
 * @param runbooksUrl the address of the folder of runbooks; null for no links to runbooks
 */
public record Links(String publicUrl, @Nullable String runbooksUrl) {
    public Links(String publicUrl, @Nullable String runbooksUrl) {
        this.publicUrl = withoutSlash(publicUrl);
        this.runbooksUrl = runbooksUrl == null ? null : withoutSlash(runbooksUrl);
    }

    /** Creates links to Weir, and none to runbooks. */
    public static Links to(String publicUrl) {
        return new Links(publicUrl, null);
    }

    /** The address of an incident in the API. */
    public String incident(String id) {
        return publicUrl + "/api/v1/incidents/" + id;
    }

    /** The address of an alert in the API. */
    public String alert(String id) {
        return publicUrl + "/api/v1/alerts/" + id;
    }

    /** The address of the runbook of an alert, a page named for its detector; null for none. */
    public @Nullable String runbook(Alert alert) {
        return runbooksUrl == null ? null : runbooksUrl + "/" + alert.detector() + ".md";
    }

    private static String withoutSlash(String url) {
        return url.replaceFirst("/+$", "");
    }
}
