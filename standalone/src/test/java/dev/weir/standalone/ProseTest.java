package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds code and pages to the style guide's wording. */
class ProseTest {
    private static final Path PROJECT = Path.of("..");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "common",
                "model",
                "policy",
                "ingest",
                "analytics",
                "alerting",
                "standalone",
                "benchmarks",
                "deploy",
                "docs",
                "README.md",
                "CONTRIBUTING.md",
                "docker-compose.yml",
                "pom.xml",
                "weir"
            })
    void folderHoldsNoRefusedWording(String name) throws IOException {
        assertThat(Prose.of(PROJECT.resolve(name)))
                .filteredOn(finding -> !finding.contains("/standalone/Prose"))
                .isEmpty();
    }

    @Test
    void simpleNamesOfClassesAreUnique() throws IOException {
        Map<String, List<Path>> places = new TreeMap<>();
        try (var files = Files.walk(PROJECT)) {
            files.filter(path -> path.toString().matches(".*/src/(?:main|test)/java/.*\\.java"))
                    .filter(path -> !path.endsWith("package-info.java"))
                    .forEach(path -> places.computeIfAbsent(path.getFileName().toString(), name -> new ArrayList<>())
                            .add(path));
        }
        assertThat(places.values()).hasSizeGreaterThan(500).allSatisfy(each -> assertThat(each)
                .hasSize(1));
    }

    @Test
    void eachKindOfRefusedWordingIsFound() throws IOException {
        Path file = folder.resolve("src/test/java/Example.java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                /** What it does. */
                class Example {
                    /** @param text any */
                    Example(String text) {}

                    /** Returns "a // b" for somebody. */
                    String url() {
                        return "http://told/\\" whatever"; // nobody
                    }

                    void whatIsLeftOut() {}

                    void thisNameOfATestIsLongerThanFiftyCharactersAndSoRefused() {}
                }
                """);
        Path main = folder.resolve("src/main/java/Names.java");
        Files.createDirectories(main.getParent());
        Files.writeString(main, """
                class Names {
                    int MAX_TOLD = 1;
                    int runChores(int toldest) {}
                }
                """);
        Path page = Files.writeString(folder.resolve("page.md"), "Whoever reads\n" + "a long line ".repeat(11) + "\n");
        assertThat(Prose.of(folder))
                .containsExactly(
                        page + ":1: \"Whoever\"",
                        page + ":2: 132 characters",
                        main + ":2: the name MAX_TOLD holds a refused word",
                        main + ":3: the name runChores holds a refused word",
                        file + ":1: a Javadoc that begins with \"What\"",
                        file + ":3: a Javadoc without a sentence, only @param",
                        file + ":6: \"somebody\"",
                        file + ":8: \"told\"",
                        file + ":8: \"whatever\"",
                        file + ":8: \"nobody\"",
                        file + ":11: whatIsLeftOut does not name its subject",
                        file + ":13: thisNameOfATestIsLongerThanFiftyCharactersAndSoRefused has 54 characters");
    }
}
