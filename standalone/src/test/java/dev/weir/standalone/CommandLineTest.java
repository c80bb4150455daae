package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.standalone.command.Weir;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the command line answers before any command runs. */
class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource({
        "analyse --help, analyse, analyze",
        "--help analyse, analyse, analyze",
        "analyse, analyse, analyze",
        "topic -h, topic, topics",
        "topic --version, topic, topics",
        "policy chek --help, chek, check",
        "policy chek, chek, check",
        "alerting tset --help, tset, test",
        "collect netfow --help, netfow, netflow",
    })
    void anUnknownCommandIsAnErrorWithAHint(String arguments, String unknown, String closest) {
        assertThat(run(arguments.split(" "))).isEqualTo(Weir.WRONG);
        assertThat(out).hasToString("");
        assertThat(err.toString()).contains("'" + unknown + "'").contains(closest);
    }

    @ParameterizedTest
    @CsvSource({"--help", "analyze --help", "policy --help", "policy check -h", "--version", "help"})
    void helpThatIsAskedForIsGiven(String arguments) {
        int code = run(arguments.split(" "));
        assertThat(code).as(err.toString()).isEqualTo(arguments.equals("help") ? Weir.WRONG : 0);
    }

    @Test
    void theVersionNamesWhatWeirRunsOn() {
        assertThat(run("version")).isZero();
        assertThat(out.toString().lines())
                .anyMatch(line -> line.startsWith("weir "))
                .anyMatch(line -> line.matches("kafka \\d+\\.\\d+\\.\\d+.*"))
                .anyMatch(line -> line.matches("flink \\d+\\.\\d+\\.\\d+.*"))
                .anyMatch(line -> line.startsWith("java "));
    }

    private int run(String... arguments) {
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
