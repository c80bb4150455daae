package dev.weir.standalone;

import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.standalone.command.Weir;
import dev.weir.standalone.demo.Simulator;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code docs/reference/commands.md}: the same recording gives the same bytes. */
class AnalyzeTwiceTest {
    private static final long BEGAN = 1_790_000_000_000L;
    private static final Path SETS = Path.of("../../shared/data/flows");

    @TempDir
    Path folder;

    @Test
    void recordingIsAnalyzedTwiceThenBytesAreTheSame() throws Exception {
        Simulator simulator = new Simulator(3);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        SimulatedLines.write(lines, simulator.everyEdge(BEGAN));
        for (int minute = 0; minute < 90; minute++) {
            long at = BEGAN + minute * MINUTE;
            SimulatedLines.write(lines, simulator.usual(at, at + MINUTE));
            if (minute > 60 && minute % 5 == 0) {
                SimulatedLines.write(lines, simulator.newEdge(at));
                SimulatedLines.write(lines, simulator.portScan(at));
            }
        }
        Path recording = Files.write(folder.resolve("flows.ndjson"), lines.toByteArray());
        String first = analyzed(recording, "--learn", "30m");
        assertThat(first).isNotEmpty();
        assertThat(analyzed(recording, "--learn", "30m")).isEqualTo(first);
    }

    @ParameterizedTest
    @Tag("shared-data")
    @ValueSource(strings = {"westermo_right", "iot23_34_1_mirai"})
    void recordedSetIsAnalyzedTwiceThenBytesAreTheSame(String name) {
        Path recording = SETS.resolve(name + ".flows.ndjson.gz");
        String first = analyzed(recording);
        assertThat(first).isNotEmpty();
        assertThat(analyzed(recording)).isEqualTo(first);
    }

    private static String analyzed(Path recording, String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] arguments = new String[more.length + 4];
        arguments[0] = "analyze";
        arguments[1] = recording.toString();
        arguments[2] = "-o";
        arguments[3] = "json";
        System.arraycopy(more, 0, arguments, 4, more.length);
        assertThat(line.execute(arguments)).as(err.toString()).isZero();
        return out.toString();
    }
}
