package dev.weir.common.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types that kubectl gives to plain scalars. */
class YamlTypesTest {
    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "y, true",
                "Y, true",
                "n, false",
                "N, false",
                "yes, true",
                "off, false",
                "\"y\", \"y\"",
                "'n', \"n\"",
                "!!str y, \"y\"",
                "yy, \"yy\"",
                "ny, \"ny\""
            })
    void scalarHasTheTypeThatKubectlGivesIt(String yaml, String json) throws IOException {
        assertThat(label("v", "v: " + yaml)).isEqualTo(json);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            quoteCharacter = '`',
            value = {"y, true", "off, false", "'y', y"})
    void keyIsTheTextOfItsScalar(String yaml, String key) throws IOException {
        assertThat(label(key, yaml + ": a")).isEqualTo("\"a\"");
    }

    private String label(String key, String labels) throws IOException {
        Path yaml = Files.writeString(
                folder.resolve("a.yaml"), "kind: Pod\nmetadata: {name: p, labels: {" + labels + "}}\n");
        ManifestFile file = ManifestFile.read(yaml);
        return file.manifests()
                .get(0)
                .object()
                .path("metadata")
                .path("labels")
                .path(key)
                .toString();
    }
}
