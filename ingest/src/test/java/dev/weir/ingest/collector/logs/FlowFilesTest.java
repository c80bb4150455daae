package dev.weir.ingest.collector.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.orientation.Orienter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlowFilesTest {
    private static final String HALF = "{\"start_ms\":1000,\"end_ms\":1001,\"protocol\":\"TCP\","
            + "\"source\":{\"ip\":\"10.0.%d.%d\",\"port\":%d},\"destination\":{\"ip\":\"10.9.0.1\",\"port\":80}}%n";

    @TempDir
    Path folder;

    private List<String> limits(int halves) throws IOException {
        Path file = folder.resolve("flows.ndjson");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < halves; i++) {
                out.write(HALF.formatted(i / 256 % 256, i % 256, 1_024 + i / 65_536));
            }
        }
        try (FlowFiles files = FlowFiles.connections(List.of(file.toString()), problem -> {
            throw new AssertionError(problem);
        })) {
            int[] count = {0};
            files.forEachRemaining(flow -> count[0]++);
            assertThat(count[0]).isEqualTo(halves);
            return files.limits();
        }
    }

    @Test
    void limitsThatAreReachedAreNamed() throws Exception {
        assertThat(limits(100)).isEmpty();
        assertThat(limits(Orienter.DEFAULT_CAPACITY + 5))
                .singleElement()
                .asString()
                .startsWith("5 records of one direction were released early");
    }
}
