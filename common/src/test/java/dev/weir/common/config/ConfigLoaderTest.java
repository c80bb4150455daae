package dev.weir.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    @TempDir
    Path dir;

    record Root(KafkaConfig kafka, Section section) {
        Root {
            kafka = kafka == null ? new KafkaConfig(null, null) : kafka;
            section = section == null ? new Section(null, null, null) : section;
        }
    }

    record Section(
            @Nullable Duration patience,
            @Nullable Integer port,
            @Nullable List<String> files) {
        Section {
            if (port != null && port > 65535) {
                throw new ConfigException(port + " is above 65535");
            }
        }
    }

    @Test
    void keyWithoutValueIsRefused() throws Exception {
        for (String text :
                List.of("section:\n  files:\n", "section:\n  files: [a, ~]\n", "section:\n  files: [a, null]")) {
            Path file = Files.writeString(dir.resolve("weir.yaml"), text);
            assertThatThrownBy(() -> ConfigLoader.document(file, Root.class))
                    .as(text)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith(file + ":2: section.files")
                    .hasMessageEndingWith("has no value; give one, or leave it out");
        }
    }

    @Test
    void defaultsHoldWithoutAFile() {
        Root root = ConfigLoader.load(null, Root.class, Map.of());
        assertThat(root.kafka().bootstrapServers()).isEqualTo("localhost:9092");
    }

    @Test
    void everyKindOfKeyIsRead() throws Exception {
        Root root = load("""
                kafka:
                  bootstrap_servers: kafka:9092
                  properties: {security.protocol: SSL}
                section:
                  patience: 1h30m
                  port: 7
                  files: [a, b]
                """, Map.of());
        assertThat(root)
                .isEqualTo(new Root(
                        new KafkaConfig("kafka:9092", Map.of("security.protocol", "SSL")),
                        new Section(Duration.ofMinutes(90), 7, List.of("a", "b"))));
    }

    @Test
    void environmentOverridesTheFile() throws Exception {
        Root root = load(
                "section: {port: 7}\n",
                Map.of("WEIR_SECTION_PORT", "8", "WEIR_SECTION_FILES", "x, y", "HOME", "/", "WEIR_HOME", "/opt"));
        assertThat(root.section().port()).isEqualTo(8);
        assertThat(root.section().files()).containsExactly("x", "y");
    }

    @Test
    void mistakesAreNamedWithTheirPlace() {
        assertThatThrownBy(() -> load("kafka:\n  bootstrap_server: x\n", Map.of()))
                .hasMessageEndingWith(
                        "weir.yaml:2: unknown key 'kafka.bootstrap_server'; the closest valid one is 'kafka.bootstrap_servers'");
        assertThatThrownBy(() -> load("section:\n  patience: soon\n", Map.of()))
                .hasMessageContaining("weir.yaml:2: section.patience: 'soon' is not a duration such as");
        assertThatThrownBy(() -> load("section:\n  port: many\n", Map.of()))
                .hasMessageContaining("weir.yaml:2: section.port: ");
        assertThatThrownBy(() -> load("section:\n  port: 70000\n", Map.of()))
                .hasMessageContaining("section: 70000 is above 65535");
        assertThatThrownBy(() -> load("kafka:\n  bootstrap_servers: a:9092, SSL://b\n", Map.of()))
                .hasMessageContaining("weir.yaml:1: kafka: bootstrap_servers: 'SSL://b' is not host:port");
        assertThatThrownBy(() -> load("kafka: {bootstrap_servers: 'a:92000'}\n", Map.of()))
                .hasMessageContaining("'a:92000' is not host:port, such as kafka:9092, with a port up to 65535");
        assertThatThrownBy(() -> load("a: b: c\n", Map.of())).hasMessageContaining("weir.yaml:1: not YAML");
        assertThatThrownBy(() -> load("- a\n", Map.of())).hasMessageContaining("must hold keys and values");
        assertThatThrownBy(() -> load("section: {port: 1, port: 2}\n", Map.of()))
                .hasMessageContaining("Duplicate");
        assertThatThrownBy(() -> load("", Map.of("WEIR_SECTION_PROT", "1")))
                .hasMessage(
                        "environment: unknown variable 'WEIR_SECTION_PROT'; the closest valid one is 'WEIR_SECTION_PORT'");
        assertThatThrownBy(() -> ConfigLoader.load(dir.resolve("none.yaml"), Root.class, Map.of()))
                .hasMessageEndingWith("none.yaml: there is no such file");
    }

    @Test
    void durationsReadBack() {
        for (String text : List.of("0", "500ms", "90s", "1h30m", "7d", "2w")) {
            Duration duration = Durations.parse(text);
            assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
        }
        assertThat(Durations.format(Duration.ofSeconds(90))).isEqualTo("1m30s");
        for (String endless : List.of("999999999999d", "999999999999w", "9999999999999s")) {
            assertThatThrownBy(() -> Durations.parse(endless)).isExactlyInstanceOf(IllegalArgumentException.class);
        }
    }

    private Root load(String yaml, Map<String, String> environment) throws Exception {
        return ConfigLoader.load(Files.writeString(dir.resolve("weir.yaml"), yaml), Root.class, environment);
    }
}
