package dev.weir.common.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestFileTest {
    private static final String GOOD = "kind: Pod\nmetadata: {name: good}\n";

    private final Path folder;

    ManifestFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void oneBrokenDocumentHidesNoOther() throws IOException {
        ManifestFile file = read("a.yaml", GOOD + "---\nkind: Pod\nmetadata: {name: half\n---\n" + GOOD);
        assertThat(file.manifests()).hasSize(2).allMatch(manifest -> manifest.name()
                .equals("good"));
        assertThat(file.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(5);
            assertThat(problem.message()).contains("a.yaml:5: not YAML: expected ',' or '}'");
        });
    }

    @Test
    void fieldsAreFoundByLine() throws IOException {
        ManifestFile file = read("a.yaml", """
                # a comment
                kind: Pod
                metadata:
                  name: a
                ---
                kind: List
                items:
                - kind: Pod
                  metadata: {name: b}
                  spec:
                    containers:
                    - name: x
                    - name: y
                """);
        Manifest second = file.manifests().get(1);
        assertThat(second.line("")).isEqualTo(8);
        assertThat(second.line("spec.containers[1].name")).isEqualTo(13);
        assertThat(second.line("spec.containers[1].image")).isEqualTo(13);
        assertThat(second.problem("spec.nodeName", "is missing").message())
                .endsWith("a.yaml:10: Pod b: spec.nodeName: is missing");
    }

    @Test
    void anchorsAndMergesMeanWhatTheyStandFor() throws IOException {
        ManifestFile file = read("a.yaml", """
                kind: Pod
                metadata:
                  name: a
                  labels: &labels {app: web, tier: front}
                  annotations: {<<: *labels, tier: back}
                spec: *labels
                """);
        assertThat(file.problems()).isEmpty();
        Manifest manifest = file.manifests().get(0);
        assertThat(manifest.object().at("/spec/app").asText()).isEqualTo("web");
        assertThat(manifest.object().at("/metadata/annotations/app").asText()).isEqualTo("web");
        assertThat(manifest.object().at("/metadata/annotations/tier").asText()).isEqualTo("back");
    }

    @Test
    void scalarsAreReadAsKubernetesReadsThem() throws IOException {
        ManifestFile file = read(
                "a.yaml", "kind: X\na: yes\nb: \"yes\"\nc: 0123\nd: 12\ne: 1.5\nf:\ng: 2026-01-01\nh: 99999999999\n");
        assertThat(file.manifests().get(0).object())
                .hasToString(
                        "{\"kind\":\"X\",\"a\":true,\"b\":\"yes\",\"c\":83,\"d\":12,\"e\":1.5,\"f\":null,\"g\":\"2026-01-01\",\"h\":99999999999}");
    }

    @Test
    void jsonMayHaveTabsAndComeAsAListOrCompressed() throws IOException {
        Path file = folder.resolve("a.json.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(
                    "{\n\t\"kind\": \"PodList\", \"apiVersion\": \"v1\",\n\t\"items\": [\n\t{\"metadata\": {\"name\": \"a\"}}]}"
                            .getBytes(StandardCharsets.UTF_8));
        }
        ManifestFile read = ManifestFile.read(file);
        assertThat(read.problems()).isEmpty();
        assertThat(read.manifests()).singleElement().satisfies(manifest -> {
            assertThat(manifest.kind()).isEqualTo("Pod");
            assertThat(manifest.line("metadata")).isEqualTo(4);
        });
    }

    @Test
    void documentsEndAsYamlEndsThemAndBeginBehindAMark() throws IOException {
        assertThat(read("end.yaml", "\ufeff" + GOOD + "...\n" + GOOD.replace("good", "other"))
                        .manifests())
                .extracting(Manifest::name)
                .containsExactly("good", "other");
        String many = "kind: X\nbase: &a {b: c}\nlist:\n" + "- *a\n".repeat(200);
        assertThat(read("aliases.yaml", many).problems()).isEmpty();
    }

    @Test
    void bombsAreRefused() throws IOException {
        StringBuilder bomb = new StringBuilder("kind: X\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 10; i++) {
            String alias = "*a" + (i - 1);
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(String.join(",", Collections.nCopies(10, alias))).append("]\n");
        }
        assertRefused("bomb.yaml", bomb.toString(), "aliases");
        assertRefused("recursive.yaml", "kind: X\na: &a [*a]\n", "deeper than");
        assertRefused(
                "deep.yaml",
                "kind: X\na: " + "[\n ".repeat(3_500_000),
                "deep.yaml:101: not YAML: Nesting Depth exceeded");
        assertRefused("long.yaml", "kind: X\na: " + "[".repeat(10_000_000), "long.yaml:2: is longer than 500000");
        assertRefused("deep.json", "[".repeat(10_000_000), "nesting depth");
        assertRefused("indent.yaml", "- ".repeat(5_000) + "x", "Nesting Depth exceeded");
    }

    @Test
    void numbersAreAsKubernetesReadsThem() throws IOException {
        ManifestFile file =
                read("a.yaml", "kind: X\na: [0x50, 0120, 0o120, 0b1010000, 8_0, -1, 80.5, 1:20, '80', 99999999999]\n");
        assertThat(file.manifests().get(0).object().path("a"))
                .hasToString("[80,80,80,80,80,-1,80.5,\"1:20\",\"80\",99999999999]");
    }

    @Test
    void keysStandOnce() throws IOException {
        assertRefused(
                "a.yaml",
                "kind: Pod\nmetadata:\n  name: a\n  name: b\n",
                "a.yaml:4: the key 'name' stands twice; kubectl would take the last of them");
        assertRefused(
                "a.json", "{\"kind\": \"Pod\",\n \"kind\": \"Pod\"}", "a.json:2: not JSON: Duplicate field 'kind'");
    }

    @Test
    void fileWithoutManifestIsNamed() throws IOException {
        assertRefused("a.yaml", "just: text\n", "a.yaml:1: is no Kubernetes object: it has no kind");
        assertRefused("b.yaml", "kind: List\nitems:\n- 1\n", "b.yaml:3: items[0]: is no Kubernetes object");
        assertRefused("c.yaml", "? [a]\n: b\n", "c.yaml:1: a key must be a word");
        assertThat(ManifestFile.read(folder.resolve("none.yaml")).problems())
                .singleElement()
                .extracting(Problem::message)
                .asString()
                .endsWith("none.yaml: there is no such file");
        Files.write(folder.resolve("d.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});
        assertThat(ManifestFile.read(folder.resolve("d.yaml")).problems())
                .singleElement()
                .extracting(Problem::reason)
                .isEqualTo("is not text in UTF-8");
    }

    @Test
    void directoriesAreReadWithWhatIsInThem() throws IOException {
        Files.createDirectories(folder.resolve("deep"));
        Files.writeString(folder.resolve("deep/a.yml"), GOOD);
        Files.writeString(folder.resolve("b.json"), "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"good\"}}");
        Files.writeString(folder.resolve(".hidden.yaml"), "[");
        Files.createDirectories(folder.resolve("deep/.git"));
        Files.writeString(folder.resolve("deep/.git/a.yaml"), GOOD);
        Files.writeString(folder.resolve("README.md"), "[");
        ManifestFile all = ManifestFile.readAll(List.of(folder));
        assertThat(all.problems()).isEmpty();
        assertThat(all.manifests()).hasSize(2);
    }

    private void assertRefused(String name, String text, String reason) throws IOException {
        ManifestFile file = read(name, text);
        assertThat(file.manifests()).isEmpty();
        assertThat(file.problems())
                .singleElement()
                .extracting(Problem::message)
                .asString()
                .contains(reason);
    }

    private ManifestFile read(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return ManifestFile.read(file);
    }
}
