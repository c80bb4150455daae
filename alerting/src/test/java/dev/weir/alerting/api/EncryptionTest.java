package dev.weir.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.auth.Tokens;
import dev.weir.common.Certificates;
import dev.weir.common.config.ConfigException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** The API over https. */
class EncryptionTest extends ApiHarness {
    @Test
    void certificateSwitchesToHttps() throws Exception {
        Certificates own = Certificates.in(folder);
        Path password = Files.writeString(folder.resolve("password"), Certificates.PASSWORD + "\n");
        api.close();
        api = api(Tokens.none(), https(own.keystore(), password));
        api.start();
        assertThat(api.url()).startsWith("https://127.0.0.1:");
        KeyStore trusted = KeyStore.getInstance(own.keystore().toFile(), Certificates.PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("weir", trusted.getCertificate("weir"));
        trust.init(certificates);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        HttpResponse<String> answer = HttpClient.newBuilder()
                .sslContext(context)
                .build()
                .send(request("GET", "/api/v1/alerts", null), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).isPresent();
        assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        Files.writeString(password, "wrong");
        assertThatThrownBy(() -> api(Tokens.none(), https(own.keystore(), password)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("alerting.http.keystore")
                .hasMessageNotContaining("wrong");
    }

    private static HttpConfig https(Path keystore, Path password) {
        return new HttpConfig(
                null, 0, null, null, null, null, keystore.toString(), password.toString(), null, null, false);
    }
}
