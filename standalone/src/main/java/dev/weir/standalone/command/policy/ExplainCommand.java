package dev.weir.standalone.command.policy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import dev.weir.model.config.ConfigException;
import dev.weir.model.context.ClusterObjects;
import dev.weir.model.manifest.Manifest;
import dev.weir.policy.Identity;
import dev.weir.policy.Match;
import dev.weir.policy.Peer;
import dev.weir.policy.PortClause;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import dev.weir.policy.explain.DenyPolicy;
import dev.weir.policy.explain.Explainer;
import dev.weir.policy.explain.Explanation;
import dev.weir.policy.explain.SideExplanation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Why a connection is allowed or denied. */
@Command(
        name = "explain",
        description = "Explain why a connection is allowed or denied, and what would change that.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ExplainCommand implements Callable<Integer> {
    enum Output {
        table,
        json
    }

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Directories or files of Kubernetes YAML or JSON.")
    private List<Path> paths;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "END",
            description = "NAMESPACE/POD, NAMESPACE/WORKLOAD or an IP address.")
    private String from;

    @Option(names = "--to", required = true, paramLabel = "END", description = "The same for the other end.")
    private String to;

    @Option(names = "--port", paramLabel = "PORT", description = "Destination port.")
    private @Nullable Integer port;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            description = "TCP, UDP, SCTP, ICMP or ICMPV6. Default: ${DEFAULT-VALUE}",
            defaultValue = "TCP")
    private String protocol;

    @Option(
            names = {"-o", "--output"},
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}",
            defaultValue = "table")
    private Output output;

    @Override
    public Integer call() {
        String name = protocol.toUpperCase(Locale.ROOT);
        if (!PortClause.PROTOCOLS.contains(name) && !name.equals("ICMP") && !name.equals("ICMPV6")) {
            throw new ConfigException("--protocol: '" + protocol + "' is not TCP, UDP, SCTP, ICMP or ICMPV6");
        }
        Integer number = port;
        if (number == null ? PortClause.PROTOCOLS.contains(name) : number < 1 || number > 65_535) {
            throw new ConfigException("--port: " + (number == null ? "is missing" : number + " is outside 1..65535"));
        }
        Inputs.Described described = Inputs.described(paths, spec.commandLine().getErr());
        Cluster cluster = described.cluster();
        refuseService("--from", from, described);
        refuseService("--to", to, described);
        PrintWriter out = spec.commandLine().getOut();
        List<Explanation> explanations = new ArrayList<>();
        for (Traffic traffic : traffic(ends("--from", from, cluster), ends("--to", to, cluster), name)) {
            Explanation explanation = Explainer.explain(cluster.policies(), traffic);
            // A pod of several addresses is told about once, unless its addresses make a difference.
            if (explanations.stream().noneMatch(other -> other.decision().equals(explanation.decision()))) {
                explanations.add(explanation);
            }
        }
        if (output == Output.json) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            explanations.forEach(explanation -> array.add(json(explanation, cluster)));
            out.println(array.toPrettyString());
        } else {
            explanations.forEach(explanation -> print(explanation, explanations.size() > 1, cluster, out));
        }
        return described.exitCode();
    }

    /** The pairs of addresses of the same family. */
    private List<Traffic> traffic(List<Peer> sources, List<Peer> destinations, String name) {
        List<Traffic> all = new ArrayList<>();
        for (Peer source : sources) {
            for (Peer destination : destinations) {
                byte[] a = source.address();
                byte[] b = destination.address();
                if (a == null || b == null || a.length == b.length) {
                    all.add(new Traffic(source, destination, name, port));
                }
            }
        }
        if (all.isEmpty()) {
            throw new ConfigException("--to: " + to + " has no address of the same family (IPv4, IPv6) as " + from);
        }
        return all;
    }

    private static void refuseService(String option, String text, Inputs.Described described) {
        for (Manifest manifest : described.manifests()) {
            boolean byName = manifest.kind().equals("Service")
                    && text.equals(manifest.namespace() + "/" + manifest.name())
                    && described.cluster().members().stream()
                            .noneMatch(member -> member.pod().display().equals(text)
                                    || text.equals(member.workload().namespace() + "/"
                                            + member.workload().name()));
            if (byName) {
                throw new ConfigException(
                        option + ": " + text + " is a Service; policies are about its pods, so name one" + " of them");
            }
            if (manifest.kind().equals("Service")
                    && ClusterObjects.parse("Service", manifest.object())
                            .addresses()
                            .contains(text)) {
                throw new ConfigException(option + ": " + text + " is the address of the " + manifest.display()
                        + "; policies are about its pods, so name one of them");
            }
        }
    }

    private static List<Peer> ends(String option, String text, Cluster cluster) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            Peer peer = cluster.at(text);
            if (peer == null) {
                throw new ConfigException(
                        option + ": '" + text + "' is neither NAMESPACE/POD, NAMESPACE/WORKLOAD nor an IP address");
            }
            return List.of(peer);
        }
        String namespace = text.substring(0, slash);
        String name = text.substring(slash + 1);
        Member pod = cluster.pod(namespace, name);
        List<Member> members = pod == null ? cluster.of(namespace, null, name) : List.of(pod);
        if (members.isEmpty()) {
            List<String> there = cluster.members().stream()
                    .map(member -> member.pod().display())
                    .limit(5)
                    .toList();
            throw new ConfigException(option + ": no pod or workload " + text + " is described; described are "
                    + (there.isEmpty() ? "none" : String.join(", ", there)));
        }
        // Pods of a workload that differ may fare differently.
        Map<Identity, Member> distinct = new LinkedHashMap<>();
        members.forEach(member -> distinct.putIfAbsent(member.pod().identity(), member));
        return distinct.values().stream()
                .flatMap(member -> member.peers().stream())
                .toList();
    }

    private static void print(Explanation explanation, boolean several, Cluster cluster, PrintWriter out) {
        Traffic traffic = explanation.traffic();
        String addresses = several
                ? " (" + traffic.source().ip() + " to " + traffic.destination().ip() + ")"
                : "";
        out.println(traffic.service() + " from " + traffic.source().display() + " to "
                + traffic.destination().display() + addresses + ": "
                + verdict(explanation.decision().expected()));
        side(explanation.egress(), cluster, out);
        side(explanation.ingress(), cluster, out);
        Expected expected = explanation.decision().expected();
        String patch = explanation.patch();
        if (expected == Expected.DENY) {
            out.println();
            out.println(
                    patch == null
                            ? "No patch: nothing selects just these two ends, or no priority is left before what denies."
                            : "The smallest patch that allows it:");
            Inputs.indented(out, "  ", patch == null ? "" : patch);
        } else if (expected != Expected.UNKNOWN) {
            String deny = DenyPolicy.of(cluster.policies(), traffic);
            out.println();
            out.println(deny == null ? withoutDenial(explanation) : "The tightest policy that denies it:");
            Inputs.indented(out, "  ", deny == null ? "" : deny);
        }
    }

    private static String withoutDenial(Explanation explanation) {
        Traffic traffic = explanation.traffic();
        if (traffic.withOwnNode() || traffic.toItself()) {
            return "No policy can deny it.";
        }
        boolean allowed = explanation.decision().expected() == Expected.ALLOW;
        return "No single policy denies just this; "
                + (allowed
                        ? "take away what allows it."
                        : "a policy that selects the pod, and lists what it may talk with, leaves it out.");
    }

    private static void side(SideExplanation side, Cluster cluster, PrintWriter out) {
        out.println();
        out.println(word(side) + " of " + side.subject() + ": "
                + verdict(side.decision().expected()));
        out.println("  " + side.sentence());
        if (!side.selecting().isEmpty()) {
            out.println("  selected by");
        }
        for (SideExplanation.Selecting each : side.selecting()) {
            out.println(
                    "    " + each.policy().display() + place(each.policy(), cluster) + ": " + nearest(each.nearest()));
        }
        side.decision().decidedBy().stream()
                .filter(ref -> side.decision().expected() == Expected.ALLOW)
                .forEach(ref -> out.println("  allowed by " + ref.display() + place(ref, cluster)));
    }

    private static String nearest(@Nullable Match match) {
        if (match == null) {
            return "has no rules";
        }
        String rule = match.rule().ref().rule() + " ";
        if (match.matched()) {
            return rule + "matches";
        }
        List<String> reasons = new ArrayList<>(match.failures());
        reasons.addAll(match.unknown());
        return rule + (match.undecided() ? "may match: " : "does not match: ") + String.join(", ", reasons);
    }

    /** {@code  (policies/db.yaml:12)}, the line of the rule where there is one. */
    private static String place(PolicyRef ref, Cluster cluster) {
        Manifest manifest = cluster.policyManifests().get(new PolicyRef(ref.kind(), ref.namespace(), ref.name(), null));
        if (manifest == null) {
            return "";
        }
        String rule = ref.rule();
        String field = rule == null ? "" : "spec." + rule.replaceAll(" .*", "");
        return " (" + manifest.file() + ":" + manifest.line(field) + ")";
    }

    private static ObjectNode json(Explanation explanation, Cluster cluster) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        Traffic traffic = explanation.traffic();
        json.put("from", traffic.source().display())
                .put("to", traffic.destination().display());
        json.put("protocol", traffic.protocol()).put("port", traffic.port());
        json.put("expected", lower(explanation.decision().expected()));
        json.set("egress", json(explanation.egress()));
        json.set("ingress", json(explanation.ingress()));
        Expected expected = explanation.decision().expected();
        if (expected == Expected.DENY) {
            json.put("patch", explanation.patch());
        } else if (expected != Expected.UNKNOWN) {
            json.put("deny_policy", DenyPolicy.of(cluster.policies(), traffic));
        }
        return json;
    }

    private static ObjectNode json(SideExplanation side) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("expected", lower(side.decision().expected())).put("because", side.sentence());
        side.decision().decidedBy().forEach(ref -> json.withArray("decided_by").add(ref.display()));
        side.decision().passedBy().forEach(ref -> json.withArray("passed_by").add(ref.display()));
        for (SideExplanation.Selecting each : side.selecting()) {
            json.withArray("selected_by")
                    .addObject()
                    .put("policy", each.policy().display())
                    .put("nearest", nearest(each.nearest()));
        }
        return json;
    }

    private static String verdict(Expected expected) {
        return expected == Expected.UNSELECTED ? "allow, by default" : lower(expected);
    }

    private static String lower(Expected expected) {
        return expected.name().toLowerCase(Locale.ROOT);
    }

    private static String word(SideExplanation side) {
        return side.direction().name().toLowerCase(Locale.ROOT);
    }
}
