package dev.weir.standalone.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.detector.newedge.NewEdge;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.analytics.job.OfflineRun;
import dev.weir.common.config.ConfigException;
import dev.weir.ingest.collector.logs.FlowFiles;
import dev.weir.ingest.collector.logs.RecordedSpan;
import dev.weir.ingest.collector.manifests.ManifestsCollector;
import dev.weir.model.Alert;
import dev.weir.model.ContextChange;
import dev.weir.model.codec.Json;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.dialect.Dialects;
import dev.weir.standalone.AlertText;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the job on files, without Kafka. */
@Command(
        name = "analyze",
        description = "Analyze recorded flows as a running Weir does, and print the alerts.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class AnalyzeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Files of flows in a format of logs that weir collect --list names, plain or gzip; - for standard input.")
    private List<String> files;

    @Option(
            names = "--manifests",
            paramLabel = "DIR",
            description =
                    "Directory of manifests (Kubernetes YAML or JSON): the pods that the flows belong to, and the policies that judge them.")
    private @Nullable Path manifests;

    @Mixin
    private RecordingOptions options;

    @Mixin
    private OutputOption output;

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        existing();
        AnalyticsConfig config = options.config(options.isGiven() ? null : RecordedSpan.of(files));
        InputProblems problems = new InputProblems(err);
        List<ContextChange> context = manifests == null
                ? List.of()
                : ManifestsCollector.describe(manifests, problem -> problems.accept(problem + "; it is left out"));
        if (manifests != null && context.isEmpty()) {
            err.println("weir: " + manifests + ": holds no Kubernetes objects (.yaml, .yml or .json)");
        }
        int unknown = unknownPolicies(context);
        try (FlowFiles flows = FlowFiles.connections(files, problems)) {
            Recording recording = new Recording(flows, context);
            OfflineRun.Result result = OfflineRun.run(
                    recording, context, config, flow -> problems.accept("a flow is rejected: " + flow.reason()));
            long all = problems.end() + unknown;
            flows.limits().forEach(limit -> err.println("weir: " + limit));
            result.leftOut().forEach((limit, count) -> err.println("weir: " + limit.describe(count)));
            Recording.Learning learning = new Recording.Learning(
                    config.detectors().of(NewEdge.TYPE).learn(),
                    config.detectors().of(NewExternal.TYPE).learn());
            recording.remarks(learning).forEach(remark -> err.println("weir: " + remark));
            print(result.alerts(), recording.summary(learning));
            return all == 0 ? 0 : ExitCode.FAILED;
        }
    }

    private void print(List<Alert> alerts, List<String> summary) {
        PrintWriter out = spec.commandLine().getOut();
        if (alerts.isEmpty()) {
            PrintWriter answer = output.isJson() ? spec.commandLine().getErr() : out;
            summary.forEach(answer::println);
            answer.println("found nothing to report");
        } else if (output.isJson()) {
            alerts.forEach(alert -> out.println(new String(Json.write(alert), StandardCharsets.UTF_8)));
        } else {
            out.print(AlertText.table(alerts));
        }
        out.flush();
    }

    /** Names every file that is missing or is a folder, before any is read. */
    private void existing() {
        List<String> missing = files.stream()
                .flatMap(file -> Stream.ofNullable(FlowFiles.problem(file)))
                .collect(Collectors.toCollection(ArrayList::new));
        if (manifests != null && !Files.isDirectory(manifests)) {
            missing.add(manifests + ": is not a directory with Kubernetes YAML");
        }
        if (!missing.isEmpty()) {
            throw new ConfigException(String.join("\n", missing));
        }
    }

    /** Prints the policies that are in force as unknown, and returns their number. */
    private int unknownPolicies(List<ContextChange> context) throws JsonProcessingException {
        int unknown = 0;
        for (ContextChange change : context) {
            String object = change.object();
            if (!Dialects.isPolicy(change.kind()) || object == null) {
                continue;
            }
            InvalidPolicyException problem = Dialects.problem(change.kind(), Json.MAPPER.readTree(object));
            if (problem != null) {
                unknown++;
                spec.commandLine()
                        .getErr()
                        .println("weir: " + manifests + ": " + problem.getMessage()
                                + "; flows that this policy may be about are not judged");
            }
        }
        return unknown;
    }
}
