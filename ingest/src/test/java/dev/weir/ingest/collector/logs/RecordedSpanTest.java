package dev.weir.ingest.collector.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedSpanTest {
    private static final String FLOW = "{\"start_ms\":%d,\"end_ms\":%d,\"protocol\":\"TCP\","
            + "\"source\":{\"ip\":\"10.0.0.1\"},\"destination\":{\"ip\":\"10.0.0.2\",\"port\":80}}";

    @TempDir
    Path folder;

    private static String flow(long seconds) {
        return FLOW.formatted(seconds * 1_000, seconds * 1_000 + 500);
    }

    private String file(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines)).toString();
    }

    @Test
    void firstAndLastFlowsOfAllFilesCount() throws Exception {
        String[] many = new String[1_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = flow(100 + i);
        }
        many[500] = "not JSON";
        String first = file("first", many);
        assertThat(RecordedSpan.of(List.of(first))).isEqualTo(Duration.ofMillis(999_500));
        Path packed = folder.resolve("packed.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write((flow(5_000) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        assertThat(RecordedSpan.of(List.of(first, packed.toString()))).isEqualTo(Duration.ofMillis(4_900_500));
    }

    @Test
    void headerAndBrokenLinesAreNoFlows() throws Exception {
        String zeek = file(
                "conn.log",
                "#separator \\x09",
                "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration",
                "100.0\tC1\t10.0.0.1\t40000\t10.0.0.2\t80\ttcp\t1.0",
                "broken",
                "160.0\tC2\t10.0.0.1\t40000\t10.0.0.2\t80\ttcp\t1.0");
        assertThat(RecordedSpan.of(List.of(zeek))).isEqualTo(Duration.ofSeconds(61));
    }

    @Test
    void spanThatCannotBeKnownIsNull() throws Exception {
        assertThat(RecordedSpan.of(List.of(FileCollector.STANDARD_INPUT))).isNull();
        assertThat(RecordedSpan.of(List.of(file("empty")))).isNull();
        assertThat(RecordedSpan.of(List.of(folder.resolve("missing").toString())))
                .isNull();
    }
}
