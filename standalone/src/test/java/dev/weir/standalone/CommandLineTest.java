package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.Weir;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Answers of the command line before any command runs. */
class CommandLineTest {
    private static final Pattern FRAGMENT = Pattern.compile(
            "\\t(?:$|[a-z]|(?:Of|That|To|In which|Who|Whose|Where|How|Absent|Such|It|Its|What|Which|Most|Newest|This or) )");

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
        assertThat(run(arguments.split(" "))).isEqualTo(ExitCode.WRONG);
        assertThat(out).hasToString("");
        assertThat(err.toString()).contains("'" + unknown + "'").contains(closest);
    }

    @ParameterizedTest
    @CsvSource({"--help", "analyze --help", "policy --help", "policy check -h", "--version", "help"})
    void helpThatIsAskedForIsGiven(String arguments) {
        int code = run(arguments.split(" "));
        assertThat(code).as(err.toString()).isEqualTo(arguments.equals("help") ? ExitCode.WRONG : 0);
    }

    @ParameterizedTest
    @CsvSource({"--version", "analyze -V", "policy check --version", "collect netflow -V"})
    void everyCommandPrintsTheVersion(String arguments) {
        assertThat(run(arguments.split(" "))).isZero();
        assertThat(out.toString()).startsWith("weir ");
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

    /** Each line of help is a sentence that stands without its heading, in the glossary's words. */
    @Test
    void everyLineOfHelpStandsForItself() {
        List<String> lines = new ArrayList<>();
        help(Weir.commandLine(), lines);
        assertThat(lines)
                .hasSizeGreaterThan(100)
                .noneMatch(line -> FRAGMENT.matcher(line).find()
                        || Prose.REFUSED.matcher(line).find());
    }

    private static void help(CommandLine command, List<String> lines) {
        CommandLine.Model.CommandSpec spec = command.getCommandSpec();
        lines.add(spec.qualifiedName() + "\t"
                + String.join(" ", spec.usageMessage().description()));
        spec.options()
                .forEach(option -> lines.add(option.longestName() + "\t" + String.join(" ", option.description())));
        spec.positionalParameters()
                .forEach(each -> lines.add(each.paramLabel() + "\t" + String.join(" ", each.description())));
        command.getSubcommands().values().forEach(each -> help(each, lines));
    }

    private int run(String... arguments) {
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
