package dev.weir.policy.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.common.manifest.Problem;
import dev.weir.policy.Decision;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import dev.weir.policy.explain.Explainer;
import dev.weir.policy.explain.Explanation;
import dev.weir.policy.explain.SideExplanation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs files of cases. Each check is one outcome; so is a case that expects its manifests to be refused. */
public final class PolicySuite {
    private static final Set<String> CASE_FIELDS =
            Set.of("name", "manifests", "resources", "checks", "expect_error", "source");

    private final Path file;
    private final Consumer<Outcome> outcomes;

    private PolicySuite(Path file, Consumer<Outcome> outcomes) {
        this.file = file;
        this.outcomes = outcomes;
    }

    /**
     * Runs a file, YAML or JSON, plain or gzip.
     *
     * @param outcomes receives the outcome of each check in turn
     * @return the mistakes in the file itself; empty when it could be run
     */
    public static List<Problem> run(Path file, Consumer<Outcome> outcomes) {
        List<Problem> problems = new ArrayList<>();
        List<ManifestFile.Root> roots = ManifestFile.documents(file, problems::add);
        PolicySuite suite = new PolicySuite(file, outcomes);
        for (ManifestFile.Root root : roots) {
            suite.document(root, problems);
        }
        if (roots.isEmpty() && problems.isEmpty()) {
            problems.add(new Problem(file.toString(), 0, null, null, "holds nothing; a file of cases holds 'cases'"));
        }
        return problems;
    }

    private void document(ManifestFile.Root root, List<Problem> problems) {
        JsonNode cases = root.node().path("cases");
        if (!cases.isArray()) {
            problems.add(root.problem("cases", "must be a list of cases"));
            return;
        }
        root.node().fieldNames().forEachRemaining(name -> {
            if (!name.equals("cases")) {
                problems.add(root.problem(name, "is not known here; a file of cases holds 'cases' alone"));
            }
        });
        for (int i = 0; i < cases.size(); i++) {
            String path = "cases[" + i + "]";
            try {
                MalformedCheckException.refuseOthers(cases.get(i), "", CASE_FIELDS);
                requireLists(cases.get(i));
                example(root, path, cases.get(i), problems);
            } catch (MalformedCheckException e) {
                problems.add(root.problem(join(path, e.field()), e.reason()));
            }
        }
    }

    private static void requireLists(JsonNode example) {
        for (String field : List.of("manifests", "resources", "checks")) {
            JsonNode value = example.path(field);
            if (!value.isMissingNode() && !value.isNull() && !value.isArray()) {
                throw new MalformedCheckException(field, "must be a list");
            }
        }
        for (JsonNode manifest : example.path("manifests")) {
            if (!manifest.isTextual() || manifest.textValue().indexOf('\0') >= 0) {
                throw new MalformedCheckException("manifests", manifest + " is not a path");
            }
        }
        JsonNode error = example.path("expect_error");
        boolean expectsError = !error.isMissingNode() && !error.isNull();
        if (expectsError && !error.isTextual()) {
            throw new MalformedCheckException("expect_error", "must be a text of the mistake in the manifests");
        }
        if (!expectsError && !example.has("checks")) {
            throw new MalformedCheckException(
                    "checks", "is missing: a case without checks or expect_error tests nothing");
        }
    }

    private void example(ManifestFile.Root root, String path, JsonNode example, List<Problem> problems) {
        String name = example.path("name").asText(path);
        List<Problem> refused = new ArrayList<>();
        Cluster cluster = cluster(root, path, example, refused);
        JsonNode expectError = example.path("expect_error");
        if (!expectError.isMissingNode() && !expectError.isNull()) {
            refused.addAll(cluster.mistakesInForce());
            refused.addAll(cluster.refused());
            // A missing file is a mistake of the case, not of its contents.
            refused.removeIf(problem -> problem.line() == 0 && problem.reason().startsWith("there is no such file"));
            String failure =
                    refused.isEmpty() ? "nothing is refused, though it should be: " + expectError.asText() : null;
            outcomes.accept(new Outcome(file.toString(), name, "is refused", failure));
        } else if (!refused.isEmpty()) {
            outcomes.accept(new Outcome(file.toString(), name, "manifests", lines(refused)));
            return;
        }
        JsonNode checks = example.path("checks");
        for (int i = 0; i < checks.size(); i++) {
            try {
                Check check = Check.parse(checks.get(i));
                outcomes.accept(new Outcome(file.toString(), name, check.display(), failure(check, cluster)));
            } catch (MalformedCheckException e) {
                problems.add(root.problem(join(path + ".checks[" + i + "]", e.field()), e.reason()));
            }
        }
    }

    private Cluster cluster(ManifestFile.Root root, String path, JsonNode example, List<Problem> refused) {
        List<Path> paths = new ArrayList<>();
        Path folder = file.toAbsolutePath().getParent();
        for (JsonNode manifest : example.path("manifests")) {
            paths.add(folder == null ? Path.of(manifest.asText()) : folder.resolve(manifest.asText()));
        }
        ManifestFile files = ManifestFile.readAll(paths);
        ManifestFile inline = ManifestFile.of(root, path + ".resources", example.path("resources"));
        refused.addAll(files.problems());
        refused.addAll(inline.problems());
        List<Manifest> all = new ArrayList<>(files.manifests());
        all.addAll(inline.manifests());
        Cluster cluster = Cluster.whole(all);
        refused.addAll(cluster.problems());
        refused.addAll(cluster.accepted());
        return cluster;
    }

    /** The reason for which the check fails for some pair of its pods; null when it holds for all. */
    private static @Nullable String failure(Check check, Cluster cluster) {
        List<Traffic> pairs = pairs(check, cluster);
        if (pairs.isEmpty()) {
            End missing = isThere(check.from(), cluster) ? check.to() : check.from();
            return "there is no " + missing.display() + " in the manifests";
        }
        for (Traffic traffic : pairs) {
            Decision decision = cluster.policies().decide(traffic);
            if (!check.expects(decision.expected())) {
                return "expected " + check.expect() + "\n" + describe(Explainer.explain(cluster.policies(), traffic));
            }
            String egress = check.egress() == null ? null : check.egress().difference("egress", decision.egress());
            String ingress = check.ingress() == null ? null : check.ingress().difference("ingress", decision.ingress());
            String mesh = check.mesh() == null ? null : check.mesh().difference("mesh", decision.mesh());
            if (egress != null || ingress != null || mesh != null) {
                return (egress != null ? egress : ingress != null ? ingress : mesh) + "\n"
                        + describe(Explainer.explain(cluster.policies(), traffic));
            }
        }
        return null;
    }

    private static String describe(Explanation explanation) {
        StringBuilder text = new StringBuilder();
        for (SideExplanation side : explanation.sides()) {
            text.append(side == explanation.mesh() ? "mesh" : side.direction().id())
                    .append(": ")
                    .append(side.decision().expected().id())
                    .append(": ")
                    .append(side.sentence())
                    .append('\n');
        }
        return text.toString().stripTrailing();
    }

    private static boolean isThere(End end, Cluster cluster) {
        return end.address(cluster) != null || !end.members(cluster).isEmpty();
    }

    private static List<Traffic> pairs(Check check, Cluster cluster) {
        List<Traffic> pairs = new ArrayList<>();
        Peer fromAddress = check.from().address(cluster);
        Peer toAddress = check.to().address(cluster);
        List<Member> sources = check.from().members(cluster);
        List<Member> destinations = check.to().members(cluster);
        for (int i = 0; i < Math.max(1, sources.size()); i++) {
            for (int j = 0; j < Math.max(1, destinations.size()); j++) {
                Peer to = toAddress == null && !destinations.isEmpty()
                        ? destinations.get(j).peers().get(0)
                        : toAddress;
                Peer from = fromAddress == null && !sources.isEmpty()
                        ? sources.get(i).peers().get(0)
                        : fromAddress;
                if (from == null || to == null) {
                    return List.of();
                }
                Peer source = sources.isEmpty() ? from : sources.get(i).towards(to);
                Peer destination =
                        destinations.isEmpty() ? to : destinations.get(j).towards(from);
                boolean itself = sources.size() > 1
                        && !destinations.isEmpty()
                        && sources.get(i).equals(destinations.get(j));
                if (itself) {
                    // Of several pods of a workload, each is asked about the others.
                    continue;
                }
                pairs.add(new Traffic(source, destination, check.protocol(), check.port(), null, check.ofMesh()));
            }
        }
        return pairs;
    }

    private static String lines(List<Problem> problems) {
        return String.join("\n", problems.stream().map(Problem::message).toList());
    }

    private static String join(String path, String field) {
        return field.isEmpty() ? path : path + "." + field;
    }
}
