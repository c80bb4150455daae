package dev.weir.common.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers, keys and directives as kubectl reads them. */
class KubectlYamlTest {
    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "80.0, 80",
        "8e1, 80",
        "8.0e+1, 80",
        "-1E2, -100",
        "80.5, 80.5",
        "1e21, 1.0E21",
        ".5, 0.5",
        "1e10, 10000000000"
    })
    void floatIsTheNumberThatKubectlSends(String yaml, String json) throws IOException {
        ManifestFile file = read("kind: A\nvalue: " + yaml + "\n");
        assertThat(file.manifests().get(0).object().path("value").toString()).isEqualTo(json);
    }

    @Test
    void floatOfAJsonFileStaysAsWritten() throws IOException {
        ManifestFile file = read("{\"kind\": \"A\", \"value\": 80.0}");
        assertThat(file.manifests().get(0).object().path("value").toString()).isEqualTo("80.0");
    }

    @ParameterizedTest
    @CsvSource({"~", "null", "NULL"})
    void nullIsNoKey(String key) throws IOException {
        ManifestFile file = read("kind: A\nmetadata:\n  labels:\n    " + key + ": b\n");
        assertThat(file.manifests()).isEmpty();
        assertThat(file.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(4);
            assertThat(problem.reason()).startsWith("a key must not be null");
        });
    }

    @ParameterizedTest
    @CsvSource({"1.1", "1.2"})
    void directiveIsRefused(String version) throws IOException {
        assertThat(read("%YAML " + version + "\n---\nkind: A\n").problems())
                .singleElement()
                .extracting(Problem::message)
                .asString()
                .endsWith(
                        "a.yaml:1: '%YAML " + version + "' is a directive, which kubectl does not take; leave it out");
    }

    private ManifestFile read(String text) throws IOException {
        return ManifestFile.read(Files.writeString(folder.resolve("a.yaml"), text));
    }
}
