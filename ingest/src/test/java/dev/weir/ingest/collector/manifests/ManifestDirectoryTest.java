package dev.weir.ingest.collector.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.context.ContextObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestDirectoryTest {
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: shop, resourceVersion: "7", creationTimestamp: "2026-01-01T00:00:00Z"}
            status: {podIP: %s}
            """;

    private final Path folder;

    private final List<String> problems = new ArrayList<>();
    private final ManifestDirectory directory;

    ManifestDirectoryTest(@TempDir Path folder) {
        this.folder = folder;
        this.directory = new ManifestDirectory(folder, problems::add);
    }

    @Test
    void documentsListsAndSubfoldersAreRead() throws Exception {
        write("a.yaml", POD.formatted("a", "10.0.0.1") + "---\n" + POD.formatted("b", "10.0.0.2") + "---\n# nothing\n");
        write(
                "deep/c.yml",
                "kind: List\nitems:\n- {kind: Namespace, metadata: {name: shop}}\n- {kind: ConfigMap, metadata: {name: x}}\n");
        write("ignored.txt", "not: [yaml");
        Map<String, ManifestDirectory.Found> found = directory.scan();
        assertThat(found).containsOnlyKeys("Pod/shop/a", "Pod/shop/b", "Namespace//shop");
        ContextObject pod = found.get("Pod/shop/a").object();
        assertThat(pod.object()).doesNotContain("resourceVersion");
        assertThat(pod.createdMs()).isEqualTo(1_767_225_600_000L);
        assertThat(problems).isEmpty();
    }

    @Test
    void editsAdditionsAndDeletionsFollow() throws Exception {
        write("a.yaml", POD.formatted("a", "10.0.0.1"));
        directory.scan();
        write("a.yaml", POD.formatted("a", "10.0.0.100"));
        write("b.yaml", POD.formatted("b", "10.0.0.2"));
        assertThat(directory.scan().get("Pod/shop/a").object().object()).contains("10.0.0.100");
        Files.delete(folder.resolve("a.yaml"));
        assertThat(directory.scan()).containsOnlyKeys("Pod/shop/b");
    }

    @Test
    void brokenFileKeepsItsEarlierObjects() throws Exception {
        write("a.yaml", POD.formatted("a", "10.0.0.1"));
        directory.scan();
        write("a.yaml", "kind: Pod\nmetadata: {name: a\n");
        assertThat(directory.scan()).containsOnlyKeys("Pod/shop/a");
        assertThat(problems).singleElement().asString().contains("a.yaml:", "not YAML", "stay in force");
        directory.scan();
        assertThat(problems).hasSize(1);
    }

    @Test
    void brokenDocumentHidesNoOther() throws Exception {
        write("a.yaml", "kind: Pod\nmetadata: {name: a\n---\n" + POD.formatted("b", "10.0.0.2"));
        assertThat(directory.scan()).containsOnlyKeys("Pod/shop/b");
        assertThat(problems).singleElement().asString().contains("a.yaml:2: not YAML");
    }

    @Test
    void mistakesAreNamedWithFileObjectAndField() throws Exception {
        write("a.yaml", POD.formatted("a", "10.0.0.300"));
        write("b.yaml", "kind: Pod\nmetadata: {}\n");
        write("c.yaml", "just: text\n");
        assertThat(directory.scan()).isEmpty();
        assertThat(problems.get(0)).endsWith("a.yaml:4: Pod shop/a: status.podIP: '10.0.0.300' is not an IP address");
        assertThat(problems.get(1)).endsWith("b.yaml:2: Pod : metadata.name: is missing");
        assertThat(problems.get(2)).contains("c.yaml:1: is no Kubernetes object: it has no kind");
    }

    private void write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        long later = Files.exists(file) ? Files.getLastModifiedTime(file).toMillis() + 10 : 1_000;
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.fromMillis(later));
    }
}
