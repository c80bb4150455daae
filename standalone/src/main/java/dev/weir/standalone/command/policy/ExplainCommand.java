package dev.weir.standalone.command.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.config.ConfigException;
import dev.weir.common.manifest.Manifest;
import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import dev.weir.model.codec.Json;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Ends;
import dev.weir.policy.explain.DenyPolicy;
import dev.weir.policy.explain.Explained;
import dev.weir.policy.explain.Explainer;
import dev.weir.policy.explain.Explanation;
import dev.weir.policy.explain.SideExplanation;
import dev.weir.standalone.command.OutputOption;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Explains which policies and rules allow or deny a connection. */
@Command(
        name = "explain",
        description =
                "Explain why a connection is allowed or denied, and what would change that. Needs no running Weir.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "Files of Kubernetes YAML or JSON, or directories of them, read with their"
                    + " subdirectories: policies, pods, workloads and namespaces.")
    private List<Path> paths;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "ENDPOINT",
            description = "Source of the connection: NAMESPACE/POD, NAMESPACE/WORKLOAD or an IP address.")
    private String from;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "ENDPOINT",
            description = "Destination of the connection, in the form of --from.")
    private String to;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Number of the destination port; required unless the protocol is ICMP.")
    private @Nullable Integer port;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            description = "Protocol: TCP, UDP, SCTP, ICMP or ICMPV6. Default: ${DEFAULT-VALUE}",
            defaultValue = "TCP")
    private String protocol;

    @Mixin
    private OutputOption output;

    @Override
    public Integer call() {
        Inputs.Described described = Inputs.described(paths, spec.commandLine().getErr());
        Cluster cluster = described.cluster();
        PrintWriter out = spec.commandLine().getOut();
        List<Explanation> explanations = Explainer.explainAll(cluster.policies(), traffic(described));
        if (output.isJson()) {
            List<Explained> shown = explanations.stream()
                    .map(explanation -> Explained.of(explanation, cluster.policies()))
                    .toList();
            out.println(Json.MAPPER.<JsonNode>valueToTree(shown).toPrettyString());
        } else {
            explanations.forEach(explanation -> print(explanation, explanations.size() > 1, cluster, out));
        }
        return described.exitCode();
    }

    private List<Traffic> traffic(Inputs.Described described) {
        try {
            return new Ends(described.cluster(), described.manifests()).traffic(from, to, protocol, port);
        } catch (Ends.UnknownException e) {
            throw new ConfigException("--" + e.field() + ": " + e.getMessage());
        }
    }

    private static void print(Explanation explanation, boolean several, Cluster cluster, PrintWriter out) {
        Traffic traffic = explanation.traffic();
        String addresses = several
                ? " (" + traffic.source().ip() + " to " + traffic.destination().ip() + ")"
                : "";
        out.println(traffic.service() + " from " + traffic.source().display() + " to "
                + traffic.destination().display() + addresses + ": "
                + display(explanation.decision().expected()));
        for (SideExplanation side : explanation.sides()) {
            side(side == explanation.mesh() ? "mesh" : side.direction().id(), side, cluster, out);
        }
        staged(explanation, cluster, out);
        explanation.caveats().forEach(caveat -> out.println(System.lineSeparator() + "Caveat: " + caveat + "."));
        Expected expected = explanation.decision().expected();
        String patch = explanation.patch();
        if (expected == Expected.DENY) {
            out.println();
            out.println(
                    patch == null
                            ? "No patch: nothing selects just these two ends, no priority is left before what denies,"
                                    + " or nothing that allows overrides it."
                            : "The smallest patch that allows it:");
            Inputs.indented(out, "  ", patch == null ? "" : patch);
        } else if (expected != Expected.UNKNOWN) {
            String deny = DenyPolicy.of(cluster.policies(), traffic);
            out.println();
            out.println(deny == null ? withoutDenial(explanation, cluster) : "The tightest policy that denies it:");
            Inputs.indented(out, "  ", deny == null ? "" : deny);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a cluster without staged policies has one set
    private static void staged(Explanation explanation, Cluster cluster, PrintWriter out) {
        if (cluster.staged() == cluster.policies()) {
            return;
        }
        Explanation staged = Explainer.explain(cluster.staged(), explanation.traffic());
        out.println();
        if (staged.decision().equals(explanation.decision())) {
            out.println("The staged policies change nothing here.");
            return;
        }
        out.println("With the staged policies enforced: "
                + display(staged.decision().expected()));
        staged.sides().forEach(side -> out.println("  " + side.sentence()));
    }

    private static String withoutDenial(Explanation explanation, Cluster cluster) {
        Traffic traffic = explanation.traffic();
        if (traffic.toItself() || !cluster.policies().mayBind(traffic)) {
            return "No policy can deny it.";
        }
        boolean allowed = explanation.decision().expected() == Expected.ALLOW;
        return "No single policy denies just this; "
                + (allowed
                        ? "take away what allows it."
                        : "a policy that selects the pod, and lists its permitted peers, denies it by leaving it out.");
    }

    private static void side(String part, SideExplanation side, Cluster cluster, PrintWriter out) {
        out.println();
        out.println(
                part + " of " + side.subject() + ": " + display(side.decision().expected()));
        out.println("  " + side.sentence());
        if (!side.selecting().isEmpty()) {
            out.println("  selected by");
        }
        for (SideExplanation.Selecting each : side.selecting()) {
            out.println("    " + each.policy().display() + place(each.policy(), cluster) + ": "
                    + Explained.nearest(each.nearest()));
        }
        side.decision().decidedBy().stream()
                .filter(ref -> side.decision().expected() == Expected.ALLOW)
                .forEach(ref -> out.println("  allowed by " + ref.display() + place(ref, cluster)));
    }

    /**
     * The file and line of a rule as {@code  (policies/db.yaml:12)}; the policy's line when the rule's is not known.
     */
    private static String place(PolicyRef ref, Cluster cluster) {
        Manifest manifest = cluster.policyManifests().get(ref.withoutRule());
        if (manifest == null) {
            return "";
        }
        String rule = ref.rule();
        String field = rule == null ? "" : "spec." + rule.replaceAll(" .*", "");
        return " (" + manifest.file() + ":" + manifest.line(field) + ")";
    }

    private static String display(Expected expected) {
        return expected == Expected.UNSELECTED ? "allow, by default" : expected.id();
    }
}
