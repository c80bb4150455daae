package dev.weir.standalone.command.policy;

import dev.weir.common.config.ConfigException;
import dev.weir.policy.recommend.Recommendation;
import dev.weir.policy.recommend.RecommendedDialect;
import dev.weir.policy.recommend.Recommender;
import dev.weir.policy.replay.Recorded;
import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.RecordedFlows;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Recommends policies for recorded flows. */
@Command(
        name = "recommend",
        description = {
            "Write the policies that allow what recorded flows show, and no more.",
            "Edges that look like an attack or were hardly seen are left out and listed at the end."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RecommendCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RecordedFlows flows;

    @Option(
            names = "--manifests",
            arity = "1..*",
            paramLabel = "PATH",
            description =
                    "Kubernetes YAML of pods, workloads, namespaces and Services, for labels that the flows do not hold.")
    private @Nullable List<Path> manifests;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Only policies of this namespace. Default: all but those of the cluster itself (kube-…)")
    private @Nullable String namespace;

    @Option(
            names = "--dialect",
            paramLabel = "NAME",
            description =
                    "The policies' dialect: ${COMPLETION-CANDIDATES}; that of cilium names domains where the flows do. Default: ${DEFAULT-VALUE}",
            defaultValue = "kubernetes")
    private RecommendedDialect dialect;

    @Option(
            names = "--min-flows",
            paramLabel = "COUNT",
            description = "Leave out edges that were seen less often. Default: ${DEFAULT-VALUE}",
            defaultValue = "2")
    private int minFlows;

    @Override
    public Integer call() throws IOException {
        if (minFlows < 1) {
            throw new ConfigException("--min-flows: " + minFlows + " is below 1");
        }
        Inputs.Described described = Inputs.described(
                manifests == null ? List.of() : manifests, spec.commandLine().getErr());
        Recommender recommender = new Recommender(
                new Recorded(described.cluster(), described.manifests(), List.of()), dialect, namespace, minFlows);
        PrintWriter err = spec.commandLine().getErr();
        long problems = flows.read(err, recommender::accept);
        Recommendation recommendation = recommender.recommend();
        PrintWriter out = spec.commandLine().getOut();
        if (!recommendation.namespaces().isEmpty()) {
            out.println("# These must be there first (kubectl create namespace NAME): "
                    + String.join(", ", recommendation.namespaces()));
        }
        out.print(String.join("---\n", recommendation.policies()));
        comments(out, "Look at these:", recommendation.warnings());
        comments(out, "Left out, so these will be denied:", recommendation.leftOut());
        out.flush();
        if (recommendation.policies().isEmpty()) {
            err.println("weir: the flows show no workload"
                    + (namespace == null ? "" : " of the namespace " + namespace)
                    + "; give --manifests if they hold addresses only");
        }
        return problems > 0
                        || !described.complete()
                        || recommendation.policies().isEmpty()
                ? ExitCode.FAILED
                : 0;
    }

    private static void comments(PrintWriter out, String heading, List<String> lines) {
        if (!lines.isEmpty()) {
            out.println("# " + heading);
            lines.forEach(line -> out.println("#   " + line));
        }
    }
}
