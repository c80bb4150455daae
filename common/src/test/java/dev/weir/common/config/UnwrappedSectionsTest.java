package dev.weir.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnwrappedSectionsTest {
    @TempDir
    Path dir;

    record Kind(@Nullable Integer port) {}

    static final class Kinds extends ConfigSections {
        private static final long serialVersionUID = 1L;

        public Kinds() {
            this(new LinkedHashMap<>(Map.of("first", new Kind(1), "second", new Kind(2))));
        }

        private Kinds(Map<String, ? extends Record> sections) {
            super(sections);
        }

        @Override
        protected Kinds with(Map<String, ? extends Record> others) {
            return new Kinds(others);
        }
    }

    record Root(String name, @JsonUnwrapped Kinds kinds) {
        Root(@Nullable String name, @JsonUnwrapped @Nullable Kinds kinds) {
            this.name = name == null ? "none" : name;
            this.kinds = kinds == null ? new Kinds() : kinds;
        }
    }

    private Root load(String yaml, Map<String, String> environment) throws Exception {
        return ConfigLoader.load(Files.writeString(dir.resolve("weir.yaml"), yaml), Root.class, environment);
    }

    @Test
    void sectionsStandAmongTheKeysOfTheirRecord() throws Exception {
        Root root = load("name: a\nsecond: {port: 20}", Map.of());
        assertThat(root.name()).isEqualTo("a");
        assertThat(root.kinds().sections()).containsEntry("first", new Kind(1)).containsEntry("second", new Kind(20));
    }

    @Test
    void environmentSetsAKeyOfAnUnwrappedSection() throws Exception {
        assertThat(load("name: a", Map.of("WEIR_FIRST_PORT", "10")).kinds().sections())
                .containsEntry("first", new Kind(10));
    }

    @Test
    void absentSectionsHaveTheirDefaults() {
        assertThat(ConfigLoader.load(null, Root.class, Map.of()).kinds()).isEqualTo(new Kinds());
    }

    @Test
    void mistakeNamesItsLineAndKey() {
        assertThatThrownBy(() -> load("name: a\nfirst:\n  port: x", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("weir.yaml:3: first.port: 'x' is not a whole number");
        assertThatThrownBy(() -> load("thrid: {}", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("weir.yaml:1: unknown key 'thrid'");
    }

    @Test
    void valuesOfTheRecordHoldTheSections() {
        assertThat(ConfigKey.values(new Root(null, null))).containsOnlyKeys("name", "first", "second");
    }
}
