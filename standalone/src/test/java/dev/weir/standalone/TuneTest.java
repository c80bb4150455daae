package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Flow;
import dev.weir.model.codec.Json;
import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.Weir;
import dev.weir.standalone.demo.Simulator;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TuneTest {
    private static final long BEGAN = 1_790_000_000_000L;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    @Test
    void eachThresholdIsTriedHigherAndLower() throws Exception {
        List<String> lines = new ArrayList<>();
        for (Flow flow : new Simulator(1).portScan(BEGAN)) {
            lines.add(new String(Json.write(flow), StandardCharsets.UTF_8));
        }
        Path flows = Files.write(folder.resolve("flows.ndjson"), lines);
        assertThat(run("detect", "tune", "--flows", flows.toString(), "--detector", "port-scan"))
                .as(err::toString)
                .isZero();
        assertThat(out.toString().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .as("sixty ports were tried")
                .containsExactly(
                        "SETTING VALUE ALERTS MORE FEWER",
                        "analytics.detectors.port_scan.ports 7 (now) 1",
                        "2 1",
                        "4 1",
                        "14 1",
                        "28 1",
                        "analytics.detectors.port_scan.slow_ports 20 (now) 1",
                        "5 1",
                        "10 1",
                        "40 1",
                        "80 1");
        assertThat(run("detect", "tune", "--flows", flows.toString(), "--detector", "ports"))
                .isEqualTo(ExitCode.WRONG);
        assertThat(err.toString())
                .contains("'ports' is no detector with settings; those are new-edge, ")
                .contains("port-scan");
    }
}
