package dev.weir.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.config.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void whatIsLeftOutIsAsUsual(String text) throws Exception {
        assertThat(read(text)).isEqualTo(AlertingConfig.defaults());
    }

    @Test
    void metricsAreOpenWhereTheSettingsSaySo() throws Exception {
        assertThat(read("http: {open_metrics: true}").http().openMetrics()).isTrue();
    }
}
