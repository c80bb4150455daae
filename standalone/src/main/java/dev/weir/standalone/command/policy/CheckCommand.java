package dev.weir.standalone.command.policy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.lint.LintFinding;
import dev.weir.policy.lint.Linter;
import dev.weir.policy.lint.Sarif;
import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.TextTable;
import dev.weir.standalone.command.VersionCommand;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lints policies. */
@Command(
        name = "check",
        description = {
            "Find objects that the API server would refuse, and policies that are legal but wrong.",
            "Describe pods or workloads beside the policies to have selectors, ports and labels checked too."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CheckCommand implements Callable<Integer> {
    enum Output {
        table,
        json,
        sarif
    }

    enum Level {
        error,
        warning,
        note
    }

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Directories or files of Kubernetes YAML or JSON.")
    private List<Path> paths;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "Format of the output: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}",
            defaultValue = "table")
    private Output output;

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            description =
                    "The exit code is 1 when there are findings of this level or above: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}",
            defaultValue = "warning")
    private Level level;

    @Override
    public Integer call() {
        ManifestFile manifests = ManifestFile.readAll(Inputs.existing(paths));
        Inputs.requireAny(manifests, paths);
        Cluster cluster = Cluster.of(manifests.manifests());
        List<LintFinding> findings = Linter.lint(cluster, manifests.manifests(), manifests.problems());
        PrintWriter out = spec.commandLine().getOut();
        switch (output) {
            case table -> table(findings, cluster, out);
            case json -> out.println(json(findings).toPrettyString());
            case sarif -> out.println(Sarif.of(findings, VersionCommand.weir()).toPrettyString());
        }
        boolean failed = findings.stream().anyMatch(finding -> finding.level().ordinal() <= level.ordinal());
        return failed ? ExitCode.FAILED : 0;
    }

    private static void table(List<LintFinding> findings, Cluster cluster, PrintWriter out) {
        if (!findings.isEmpty()) {
            TextTable table = new TextTable("LEVEL", "CHECK", "WHERE", "WHAT");
            for (LintFinding finding : findings) {
                int line = finding.problem().line();
                table.add(
                        finding.level().id(),
                        finding.lint().id(),
                        finding.problem().file() + (line == 0 ? "" : ":" + line),
                        Sarif.message(finding.problem()));
            }
            table.print(out);
            out.println();
        }
        String counts = "";
        for (LintFinding.Level each : LintFinding.Level.values()) {
            long count =
                    findings.stream().filter(finding -> finding.level() == each).count();
            counts += (counts.isEmpty() ? "" : ", ") + count + " " + each.id() + (count == 1 ? "" : "s");
        }
        int policies = cluster.policies().size();
        out.println(policies
                + (policies == 1 ? " policy, " : " policies, ")
                + cluster.members().size()
                + (cluster.members().size() == 1 ? " pod: " : " pods: ")
                + counts);
    }

    private static ArrayNode json(List<LintFinding> findings) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (LintFinding finding : findings) {
            array.addObject()
                    .put("level", finding.level().id())
                    .put("check", finding.lint().id())
                    .put("file", finding.problem().file())
                    .put("line", finding.problem().line())
                    .put("object", finding.problem().object())
                    .put("field", finding.problem().field())
                    .put("reason", finding.problem().reason());
        }
        return array;
    }
}
