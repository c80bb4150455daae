package dev.weir.standalone.command.policy;

import dev.weir.common.config.UnavailableException;
import dev.weir.common.manifest.Problem;
import dev.weir.policy.suite.Outcome;
import dev.weir.policy.suite.PolicySuite;
import dev.weir.standalone.command.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs unit tests of policies. */
@Command(
        name = "test",
        description = {
            "Run cases that say which connections the policies are to allow and to deny.",
            "Exit code 1 when a check fails, 2 when a file is not one of cases."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TestCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of cases, YAML or JSON, plain or gzip.")
    private List<Path> files;

    @Option(names = "--junit", paramLabel = "FILE", description = "Write the results as JUnit XML too.")
    private @Nullable Path junit;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Outcome> outcomes = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Path file : Inputs.existing(files)) {
            int before = outcomes.size();
            List<Problem> ofFile = PolicySuite.run(file, outcome -> {
                outcomes.add(outcome);
                if (!outcome.passed()) {
                    out.println("FAILED  " + outcome.file() + ": " + outcome.example() + ": " + outcome.check());
                    Inputs.indented(out, "        ", String.valueOf(outcome.failure()));
                }
            });
            problems.addAll(ofFile);
            if (ofFile.isEmpty() && outcomes.size() == before) {
                spec.commandLine().getErr().println("weir: " + file + ": holds no checks");
            }
        }
        problems.forEach(problem -> spec.commandLine().getErr().println("weir: " + problem.message()));
        if (junit != null) {
            write(junit, outcomes, problems);
        }
        long failed = outcomes.stream().filter(outcome -> !outcome.passed()).count();
        out.println((outcomes.size() - failed) + " passed, " + failed + " failed");
        if (!problems.isEmpty()) {
            return ExitCode.WRONG;
        }
        return failed == 0 ? 0 : ExitCode.FAILED;
    }

    /** Writes the outcomes and the problems of the files, so that a build server shows both. */
    private static void write(Path target, List<Outcome> outcomes, List<Problem> problems) {
        List<Outcome> all = new ArrayList<>(outcomes);
        problems.forEach(problem -> all.add(new Outcome(problem.file(), "file", "can be read", problem.message())));
        try {
            JunitXml.write(target, all);
        } catch (IOException | XMLStreamException e) {
            throw new UnavailableException(target + ": cannot be written: " + e);
        }
    }
}
