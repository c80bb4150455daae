package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.codec.Json;
import dev.weir.standalone.command.Weir;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Long flows, from a file to the alerts: their rate counts, not their number. */
class LongFlowsFileTest {
    private static final Path SHARED = Path.of("../../shared/data");
    private static final long END_MS = 1_790_000_000_000L;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"90, 60000, 0", "90, 600000, 1", "8, 60000, 1"})
    void datagramsAreAFloodByTheirRate(long seconds, long packets, int floods) throws Exception {
        String flow = """
                {"start_ms":%d,"end_ms":%d,"source":{"ip":"10.3.0.5","port":40001,"bytes":%d,"packets":%d},\
                "destination":{"ip":"10.3.0.9","port":514,"bytes":0,"packets":0},"protocol":"UDP","verdict":"FORWARDED"}
                """.formatted(END_MS - seconds * 1000, END_MS, packets * 100, packets);
        assertThat(detectors(write(flow))).hasSize(floods).allMatch("flood"::equals);
    }

    @ParameterizedTest
    @CsvSource({"9, 15, 0", "9, 300, 1"})
    void dataThatLeavesIsFoundByItsRate(long hours, long megabytes, int findings) throws Exception {
        String flow = """
                {"start_ms":%d,"end_ms":%d,"source":{"ip":"10.3.0.5","port":40001,"bytes":%d,"packets":90000,\
                "tcp_flags":["SYN","ACK"]},"destination":{"ip":"198.51.100.7","port":443,"bytes":70000,"packets":900,\
                "tcp_flags":["SYN","ACK"]},"protocol":"TCP","verdict":"FORWARDED"}
                """.formatted(END_MS - hours * 3_600_000, END_MS, megabytes * 1_000_000);
        assertThat(detectors(write(flow))).hasSize(findings).allMatch("exfiltration"::equals);
    }

    @ParameterizedTest
    @ValueSource(strings = {"in.ndjson", "udp_60s.ndjson"})
    @Tag("shared-data")
    void longFlowsOfTheFieldGiveNoAlert(String name) throws Exception {
        assertThat(detectors(SHARED.resolve("faults/long-flows").resolve(name))).isEmpty();
    }

    @Test
    @Tag("shared-data")
    void aHomeNetworksLongFlowsAreNoFlood() throws Exception {
        assertThat(detectors(SHARED.resolve("flows/more/rita_proxy_rolling_2h.flows.ndjson.gz")))
                .doesNotContain("flood");
    }

    private Path write(String flow) throws Exception {
        return Files.writeString(folder.resolve("flows.ndjson"), flow);
    }

    private static List<String> detectors(Path flows) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute("analyze", flows.toString(), "-o", "json"))
                .as(err.toString())
                .isZero();
        List<String> detectors = new ArrayList<>();
        for (String alert : out.toString().lines().toList()) {
            JsonNode tree = Json.MAPPER.readTree(alert);
            detectors.add(tree.path("detector").asText());
        }
        return detectors;
    }
}
