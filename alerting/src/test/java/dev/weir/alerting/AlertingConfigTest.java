package dev.weir.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.message.Links;
import dev.weir.alerting.notify.Secret;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of alerting. */
class AlertingConfigTest {
    @TempDir
    Path folder;

    private AlertingConfig read(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("alerting.yaml"), text);
        return ConfigLoader.load(file, AlertingConfig.class, Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "group: weir-alerting",
                "http: {host: 127.0.0.1}",
                "http: {port: 8080}",
                "http: {requests_per_second: 100}",
                "http: {open_metrics: false}"
            })
    void missingKeysHaveTheirDefaults(String text) throws Exception {
        assertThat(read(text)).isEqualTo(AlertingConfig.defaults());
    }

    @Test
    void aFileThatIsToHoldATokenHoldsOne() throws Exception {
        Path file = folder.resolve("token");
        for (String wrong : List.of("", " \n", "two words", "a\nb", "\u00e4")) {
            Files.writeString(file, wrong);
            assertThatThrownBy(() -> Secret.token(file.toString(), "alerting.http.token"))
                    .as("'%s'", wrong)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("alerting.http.token");
        }
        Files.writeString(file, "weir_x\n");
        assertThat(Secret.token(file.toString(), "alerting.http.token")).isEqualTo("weir_x");
        assertThat(Secret.token(null, "alerting.http.token")).isNull();
    }

    @Test
    void linksNeedAnHttpOrHttpsUrl() throws Exception {
        assertThat(AlertingConfig.defaults().links()).isEqualTo(Links.to("http://127.0.0.1:8080"));
        assertThat(read("{http: {public_url: 'https://weir.example/'}, runbooks_url: 'https://wiki.example/weir/'}")
                        .links())
                .isEqualTo(new Links("https://weir.example", "https://wiki.example/weir"));
        assertThatThrownBy(read("runbooks_url: docs/runbooks")::links)
                .isInstanceOf(ConfigException.class)
                .hasMessage("alerting.runbooks_url: must be an http or https URL");
        assertThatThrownBy(read("runbooks_url: 'https://a b'")::links)
                .isInstanceOf(ConfigException.class)
                .hasMessage("alerting.runbooks_url: is not a URL");
        assertThatThrownBy(read("http: {public_url: weir.example}")::links)
                .isInstanceOf(ConfigException.class)
                .hasMessage("alerting.http.public_url: must be an http or https URL");
    }

    @Test
    void metricsAreOpenWhereTheSettingsSaySo() throws Exception {
        assertThat(read("http: {open_metrics: true}").http().openMetrics()).isTrue();
    }
}
