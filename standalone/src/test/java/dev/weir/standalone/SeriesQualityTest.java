package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.analytics.detector.volumeanomaly.Series;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The detector {@code volume-anomaly} on labelled series of third parties. */
@Tag("shared-data")
class SeriesQualityTest {
    private static final Path PAGE = Path.of("../docs/reference/detection-quality.md");
    private static final Path SHARED = Path.of("../../shared");
    private static final Path SERIES = SHARED.resolve("data/series");

    @TempDir
    Path folder;

    @Test
    void thePageHoldsWhatAFreshRunFinds() throws Exception {
        ObjectNode flagged = Json.MAPPER.createObjectNode();
        Path windows = SERIES.resolve("windows.json");
        Json.MAPPER
                .readTree(windows.toFile())
                .fieldNames()
                .forEachRemaining(name -> flag(name, flagged.putArray(name)));
        Path file = Files.write(folder.resolve("flagged.json"), Json.write(flagged));
        Process score = new ProcessBuilder(
                        "python3",
                        SHARED.resolve("eval/series.py").toString(),
                        windows.toString(),
                        file.toString(),
                        SERIES.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = new String(score.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
        assertThat(score.waitFor()).isZero();
        lines.forEach(System.out::println);
        assertThat(lines).isNotEmpty();
        assertThat(Files.readAllLines(PAGE)).containsAll(lines);
    }

    @Test
    void exactlyTheOutliersOfASteadySeriesAreFound() throws Exception {
        JsonNode theia =
                Json.MAPPER.readTree(SERIES.resolve("theia_throughput.json").toFile());
        List<Integer> found = new ArrayList<>();
        Series series = Series.empty();
        int at = 0;
        for (JsonNode value : theia.path("series_bytes_per_sec")) {
            Series.Next next = series.plus(at * Series.STEP_MS, value.asDouble());
            series = next.series();
            if (next.anomaly() != null) {
                found.add(at);
            }
            at++;
        }
        List<Integer> expected = new ArrayList<>();
        theia.path("expected_dbscan_anomaly_list").forEach(index -> expected.add(index.asInt()));
        assertThat(found).hasSize(5).isEqualTo(expected);
    }

    private static void flag(String name, ArrayNode into) {
        Series series = Series.empty();
        try {
            for (String line :
                    Files.readAllLines(SERIES.resolve(name)).stream().skip(1).toList()) {
                String[] cells = line.split(",");
                long ms = LocalDateTime.parse(cells[0].replace(' ', 'T'))
                        .toInstant(ZoneOffset.UTC)
                        .toEpochMilli();
                Series.Next next = series.plus(ms, Double.parseDouble(cells[1]));
                series = next.series();
                if (next.anomaly() != null) {
                    into.add(cells[0]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
