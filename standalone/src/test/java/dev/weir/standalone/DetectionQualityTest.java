package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.ingest.collector.logs.FlowFiles;
import dev.weir.model.Alert;
import dev.weir.model.Flow;
import dev.weir.model.codec.Json;
import dev.weir.standalone.reference.RitaRules;
import dev.weir.standalone.reference.SlipsRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/reference/detection-quality.md} says what the defaults find in recorded traffic; this runs them anew. */
@Tag("shared-data")
class DetectionQualityTest {
    private static final Path PAGE = Path.of("../docs/reference/detection-quality.md");
    private static final Path SHARED = Path.of("../../shared");
    private static final Path SETS = SHARED.resolve("data/flows");
    private static final String FLOWS = ".flows.ndjson.gz";

    @TempDir
    Path folder;

    @Test
    void thePageHoldsWhatAFreshRunFinds() throws Exception {
        List<String> rows = new ArrayList<>();
        Map<ConfidenceRange, long[]> reliability = new EnumMap<>(ConfidenceRange.class);
        for (Path flows : sets()) {
            List<Alert> alerts = analyzed(flows);
            rows.add(row(name(flows), scored(flows, json(alerts))));
            for (ConfidenceRange range : ConfidenceRange.values()) {
                JsonNode score = scored(flows, json(range.of(alerts)));
                long[] sums = reliability.computeIfAbsent(range, each -> new long[2]);
                score.path("true").forEach(count -> sums[0] += count.asLong());
                sums[1] += score.path("false_total").asLong();
            }
        }
        System.out.println(
                "| recorded | hours | incidents | found | named | alerts | false | by label: named/found/all |");
        assertThat(rows).isNotEmpty();
        reliability.forEach((range, sums) -> rows.add(range.row(sums[0], sums[1])));
        rows.forEach(System.out::println);
        assertThat(Files.readAllLines(PAGE)).containsAll(rows);
    }

    @Test
    void pageHoldsTheFindingsOfReferenceRules() throws Exception {
        List<String> rows = new ArrayList<>();
        for (Path file : sets()) {
            List<Flow> flows = flows(file);
            rows.add(String.join(
                    " | ",
                    "| `" + name(file) + "`",
                    cell(scored(file, json(RitaRules.low().alerts(flows)))),
                    cell(scored(file, json(RitaRules.medium().alerts(flows)))),
                    cell(scored(file, json(SlipsRules.alerts(flows)))) + " |"));
        }
        rows.forEach(System.out::println);
        assertThat(rows).isNotEmpty();
        assertThat(Files.readAllLines(PAGE)).containsAll(rows);
    }

    private static List<Flow> flows(Path file) throws IOException {
        List<Flow> flows = new ArrayList<>();
        try (FlowFiles read = FlowFiles.connections(List.of(file.toString()), problem -> {
            throw new AssertionError(problem);
        })) {
            read.forEachRemaining(flows::add);
        }
        return flows;
    }

    private static String json(List<Alert> alerts) {
        return alerts.stream()
                .map(alert -> new String(Json.write(alert), StandardCharsets.UTF_8) + "\n")
                .collect(Collectors.joining());
    }

    private static String cell(JsonNode score) {
        return String.join(
                ", ",
                score.path("found").asText(),
                score.path("named").asText(),
                score.path("alerts").asText(),
                score.path("false_total").asText());
    }

    private static String name(Path flows) {
        return flows.getFileName().toString().replace(FLOWS, "");
    }

    private static List<Path> sets() throws Exception {
        try (var files = Files.walk(SETS)) {
            return files.filter(file -> file.toString().endsWith(FLOWS))
                    .sorted()
                    .toList();
        }
    }

    private List<Alert> analyzed(Path flows) throws Exception {
        try (WeirProcess analyze = WeirProcess.start(folder, "analyze", "-o", "json", flows.toString())) {
            assertThat(analyze.exitCode()).as(analyze::errors).isZero();
            List<Alert> alerts = new ArrayList<>();
            for (String line : analyze.output().lines().toList()) {
                alerts.add(Json.read(line.getBytes(StandardCharsets.UTF_8), Alert.class));
            }
            return alerts;
        }
    }

    private JsonNode scored(Path flows, String found) throws Exception {
        Path labels = flows.resolveSibling(name(flows) + ".labels.txt.gz");
        Path alerts = Files.writeString(folder.resolve("alerts.ndjson"), found);
        Process score = new ProcessBuilder(
                        "python3",
                        SHARED.resolve("eval/score.py").toString(),
                        flows.toString(),
                        labels.toString(),
                        alerts.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String json = new String(score.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(score.waitFor()).isZero();
        return Json.MAPPER.readTree(json);
    }

    private static String row(String name, JsonNode score) {
        List<String> labels = new ArrayList<>();
        score.path("per_label")
                .properties()
                .forEach(
                        each -> labels.add(each.getKey() + " " + each.getValue().asText()));
        return String.join(
                " | ",
                "| `" + name + "`",
                score.path("hours").asText(),
                score.path("incidents").asText(),
                score.path("found").asText(),
                score.path("named").asText(),
                score.path("alerts").asText(),
                score.path("false_total").asText(),
                (labels.isEmpty() ? "no attack" : String.join(", ", labels)) + " |");
    }
}
