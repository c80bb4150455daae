package dev.weir.policy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.lint.Lint;
import dev.weir.policy.lint.Linter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Policies, valid and mutated, each with the answer of a Kubernetes 1.36 API server. No kind of row is left out. */
@Tag("shared-data")
class ApiServerTest {
    private static final Path ROWS = Path.of("../../shared/data/policy/api-server.ndjson.gz");
    private static final int NUMBER_OF_ROWS = 3_543;
    private static final ObjectMapper ROW = new ObjectMapper();

    @Test
    void everyRowIsAnsweredAsTheServerDid() throws IOException {
        List<String> different = new ArrayList<>();
        int rows = 0;
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(ROWS)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                rows++;
                JsonNode row = ROW.readTree(line);
                List<String> refused = refused(row.path("yaml").textValue());
                if (refused.isEmpty() != row.path("accepted").booleanValue()) {
                    different.add(row.path("name").textValue() + ": "
                            + row.path("message").textValue() + " / " + refused);
                }
            }
        }
        assertThat(String.join("\n", different)).isEmpty();
        assertThat(rows).isEqualTo(NUMBER_OF_ROWS);
    }

    private static List<String> refused(String policy) {
        ManifestFile file = YamlClusters.file(policy);
        return Linter.lint(Cluster.of(file.manifests()), file.manifests(), file.problems()).stream()
                .filter(finding -> finding.lint() == Lint.INVALID)
                .map(finding -> finding.problem().message())
                .toList();
    }
}
