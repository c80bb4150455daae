package dev.weir.alerting.api;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.auth.Guard;
import dev.weir.alerting.auth.Tokens;
import dev.weir.common.config.ConfigException;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tokens, roles, hosts and the rate of requests. */
class GuardTest extends ApiHarness {
    @Test
    void tokensLimitRolesAndNamespaces() throws Exception {
        String viewer = Tokens.random();
        String analyst = Tokens.random();
        Path file = folder.resolve("tokens.yaml");
        Files.writeString(file, """
                tokens:
                  - {name: vera, sha256: %s, role: viewer, namespaces: [other]}
                  - {name: ann, sha256: %s, role: analyst}
                """.formatted(Tokens.sha256(viewer), Tokens.sha256(analyst)));
        incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30)));
        api.close();
        api = api(Tokens.of(file.toString(), null), HttpConfig.at(null, 0));
        api.start();
        String[] vera = {"Authorization", "Bearer " + viewer};
        String[] ann = {"Authorization", "Bearer " + analyst};
        HttpResponse<String> withoutToken = get("/api/v1/alerts");
        assertThat(withoutToken.statusCode()).isEqualTo(401);
        assertThat(withoutToken.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(get("/api/v1/alerts", "Authorization", "Bearer wrong").statusCode())
                .isEqualTo(401);
        assertThat(get("/api/v1/alerts", "Authorization", "Basic dXNlcg==").statusCode())
                .isEqualTo(401);
        assertThat(Json.MAPPER.readTree(get("/api/v1/alerts", vera).body()).path("alerts"))
                .isEmpty();
        assertThat(get("/api/v1/alerts/a", vera).statusCode()).isEqualTo(404);
        assertThat(get("/api/v1/incidents/a", vera).statusCode()).isEqualTo(404);
        assertThat(get("/api/v1/alerts/a", ann).statusCode()).isEqualTo(200);
        String note = "{\"action\":\"note\",\"reason\":\"x\"}";
        assertThat(post("/api/v1/incidents/a/actions", note, vera).statusCode()).isEqualTo(403);
        assertThat(post("/api/v1/incidents/a/actions", note, ann).statusCode()).isEqualTo(200);
        assertThat(post("/api/v1/suppressions", "{}", ann).statusCode()).isEqualTo(403);
        assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
    }

    @Test
    void otherSitesPagesAndOtherHostsAreRefused() throws Exception {
        incidents.alerts().take(List.of(alert("a", 1, Severity.HIGH, 30)));
        String note = "{\"action\":\"note\",\"reason\":\"x\"}";
        String actions = "/api/v1/incidents/a/actions";
        assertThat(post(actions, note, "Origin", "https://evil.example").statusCode())
                .isEqualTo(403);
        assertThat(post(actions, note, "Sec-Fetch-Site", "cross-site").statusCode())
                .isEqualTo(403);
        assertThat(raw("GET /api/v1/alerts HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("does not answer for the host");
        assertThat(raw("GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(get("/metrics").statusCode()).isEqualTo(200);
        assertThat(raw("NONSENSE\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("Content-Type: application/problem+json", "nosniff", "\"status\":400")
                .doesNotContain("Exception", "at org.");
        assertThat(get("/api/v1/alerts").headers().firstValue("X-Content-Type-Options"))
                .contains("nosniff");
    }

    @Test
    void publicAddressesRequireTokens() {
        assertThatThrownBy(() -> new Guard(Tokens.none(), null, "0.0.0.0", null, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("alerting.http.token");
        new Guard(Tokens.none(), null, "127.0.0.2", null, 1);
    }

    @Test
    void tooFrequentRequestsAreSlowedDown() throws Exception {
        api.close();
        perSecond = 2;
        api = api(Tokens.none(), HttpConfig.at(null, 0));
        api.start();
        int refused = 0;
        for (int i = 0; i < 20; i++) {
            HttpResponse<String> response = get("/api/v1/alerts");
            refused += response.statusCode() == 429 ? 1 : 0;
            assertThat(response.statusCode()).isIn(200, 429);
        }
        assertThat(refused).isPositive();
        assertThat(registry.getSampleValue(
                        "weir_alerting_http_refused_total", new String[] {"reason"}, new String[] {"rate"}))
                .isEqualTo(refused);
    }
}
