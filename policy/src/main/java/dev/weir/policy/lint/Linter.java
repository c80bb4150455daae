package dev.weir.policy.lint;

import dev.weir.common.manifest.Manifest;
import dev.weir.common.manifest.Problem;
import dev.weir.model.Direction;
import dev.weir.model.context.MeshProxy;
import dev.weir.policy.Action;
import dev.weir.policy.Identity;
import dev.weir.policy.Policy;
import dev.weir.policy.Rule;
import dev.weir.policy.admission.Admission;
import dev.weir.policy.clause.PodClause;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.dialect.Undecided;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks the policies of a cluster. Lints that need pods (whether anything is selected, whether a port is open, whether
 * a label is used) run only where the manifests describe pods or workloads.
 */
public final class Linter {
    private final Cluster cluster;
    private final List<Manifest> manifests;
    private final List<LintFinding> findings = new ArrayList<>();

    private Linter(Cluster cluster, List<Manifest> manifests) {
        this.cluster = cluster;
        this.manifests = manifests;
    }

    /**
     * Runs all lints.
     *
     * @param manifests of the cluster
     * @param unreadable problems of reading the files
     * @return by level, then by file and line
     */
    public static List<LintFinding> lint(Cluster cluster, List<Manifest> manifests, Collection<Problem> unreadable) {
        Linter linter = new Linter(cluster, manifests);
        unreadable.forEach(problem -> linter.findings.add(new LintFinding(Lint.INVALID, problem)));
        cluster.problems().forEach(problem -> linter.findings.add(new LintFinding(Lint.INVALID, problem)));
        cluster.mistakesInForce().forEach(problem -> linter.findings.add(new LintFinding(Lint.INVALID, problem)));
        cluster.accepted().forEach(problem -> linter.findings.add(new LintFinding(Lint.ACCEPTED_BUT, problem)));
        linter.run();
        linter.findings.sort(Comparator.comparing(LintFinding::level)
                .thenComparing(finding -> finding.problem().file())
                .thenComparing(finding -> finding.problem().line()));
        return List.copyOf(linter.findings);
    }

    private void run() {
        refusals();
        List<Policy> policies = cluster.policies().policies().stream()
                .sorted(Comparator.comparing(policy -> policy.ref().display()))
                .toList();
        boolean namespacesDescribed =
                manifests.stream().anyMatch(manifest -> manifest.kind().equals("Namespace"));
        PodLints pods = new PodLints(cluster, namespacesDescribed, this::add);
        Shadows shadows = new Shadows(policies, this::add);
        TierLints tiers = new TierLints(
                cluster.policies(),
                cluster.members().stream().map(member -> member.peers().get(0)).toList(),
                this::add);
        for (Policy policy : policies) {
            String gap = cluster.policies().enforcement().gap(policy.ref());
            if (gap != null) {
                add(Lint.NOT_ENFORCED, policy, "kind", gap);
            }
            if (policy.subject() instanceof Undecided.Reach reach) {
                Manifest manifest = cluster.policyManifests().get(policy.ref());
                // A policy of an evaluated dialect has a lint of its own.
                if (manifest != null && !Admission.knows(manifest.object())) {
                    add(Lint.NOT_UNDERSTOOD, policy, "kind", "has an unknown effect: " + reach.why());
                }
                continue;
            }
            shadows.look(policy);
            RuleLints.look(policy, policies, this::add);
            if (!cluster.members().isEmpty()) {
                pods.look(policy);
                tiers.look(policy);
            }
        }
        namespaces(policies);
    }

    /** Reports refusals of the server, also for policies that could not be compiled. */
    private void refusals() {
        Set<List<@Nullable String>> places = new HashSet<>();
        findings.forEach(finding -> places.add(place(finding.problem())));
        cluster.refused().stream()
                .filter(problem -> !places.contains(place(problem)))
                .forEach(problem -> findings.add(new LintFinding(Lint.INVALID, problem)));
        MeshLints mesh =
                new MeshLints(cluster.members().stream().map(Member::pod).toList(), manifests);
        for (Manifest manifest : manifests) {
            mesh.look(
                    manifest,
                    (field, reason) ->
                            findings.add(new LintFinding(Lint.LOSES_REQUESTS, manifest.problem(field, reason))));
            if (!Admission.knows(manifest.object())) {
                MetadataLints.look(manifest, problem -> findings.add(new LintFinding(Lint.INVALID, problem)));
            }
            CiliumLints.look(
                    manifest,
                    (field, reason) ->
                            findings.add(new LintFinding(Lint.MATCHES_NOTHING, manifest.problem(field, reason))));
            if (Dialects.isOfCluster(manifest.object()) && manifest.namespace() != null) {
                findings.add(new LintFinding(
                        Lint.ACCEPTED_BUT,
                        manifest.problem(
                                "metadata.namespace",
                                Cluster.ACCEPTED + manifest.kind()
                                        + " belongs to no namespace, so the field is dropped")));
            }
        }
    }

    private static List<@Nullable String> place(Problem problem) {
        return Arrays.asList(problem.file(), String.valueOf(problem.line()), problem.object(), problem.field());
    }

    /** Receives the remarks about a policy. */
    interface Report {
        void add(Lint lint, Policy policy, String field, String reason);
    }

    private void add(Lint lint, Policy policy, String field, String reason) {
        Manifest manifest = cluster.policyManifests().get(policy.ref());
        if (manifest != null) {
            findings.add(new LintFinding(lint, manifest.problem(field, reason)));
        }
    }

    /** Reports namespaces without a default deny, if pods run in them or policies exist for them. */
    private void namespaces(List<Policy> policies) {
        Map<String, Manifest> places = new TreeMap<>();
        for (Manifest manifest : manifests) {
            if (manifest.kind().equals("Namespace")) {
                places.put(manifest.name(), manifest);
            }
        }
        for (Policy policy : policies) {
            String namespace = policy.ref().namespace();
            Manifest manifest = cluster.policyManifests().get(policy.ref());
            if (namespace != null && manifest != null) {
                places.putIfAbsent(namespace, manifest);
            }
        }
        for (Manifest manifest : manifests) {
            String namespace = manifest.namespace();
            if (namespace != null) {
                places.putIfAbsent(namespace, manifest);
            }
        }
        places.keySet().removeAll(Cluster.OWN_NAMESPACES);
        places.forEach((namespace, manifest) -> {
            boolean inUse = policies.stream()
                            .anyMatch(policy -> namespace.equals(policy.ref().namespace()))
                    || cluster.members().stream().anyMatch(member -> runsIn(namespace, member));
            for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
                if (inUse && policies.stream().noneMatch(policy -> closes(policy, namespace, direction))) {
                    String way = direction == Direction.INGRESS ? "ingress" : "egress";
                    findings.add(
                            new LintFinding(
                                    Lint.NO_DEFAULT_DENY,
                                    new Problem(
                                            manifest.file(),
                                            manifest.line("metadata.name"),
                                            "Namespace " + namespace,
                                            null,
                                            "has no default deny for " + way
                                                    + ": no policy selects all its pods, so those that none selects are open")));
                }
            }
        });
    }

    private static boolean runsIn(String namespace, Member member) {
        return member.pod().namespace().equals(namespace)
                && !member.pod().identity().hostNetwork();
    }

    private boolean closes(Policy policy, String namespace, Direction direction) {
        if (!policy.directions().contains(direction)) {
            return false;
        }
        if (!policy.tier().isOrdered()) {
            return namespace.equals(policy.ref().namespace())
                    && Coverage.covers(policy.subject(), new PodClause(namespace, null, null))
                    && policy.rules(direction).stream()
                            .noneMatch(rule ->
                                    rule.peers().isEmpty() && rule.ports().isEmpty());
        }
        // A pod without labels stands for all: a policy that selects it selects every pod of the namespace.
        Map<String, String> labels = cluster.namespaces().getOrDefault(namespace, Map.of());
        boolean all = policy.subject()
                        .selects(new Identity(namespace, labels, Map.of(), List.of(), false, null, MeshProxy.NONE))
                && policy.subject() instanceof PodClause subject
                && (subject.pods() == null || subject.pods().requirements().isEmpty());
        return all && policy.rules(direction).stream().anyMatch(Linter::deniesEveryPod);
    }

    private static boolean deniesEveryPod(Rule rule) {
        return rule.action() == Action.DENY
                && rule.ports().isEmpty()
                && rule.peers().stream()
                        .anyMatch(peer -> peer instanceof PodClause pods
                                && Coverage.covers(pods, new PodClause(null, null, null)));
    }
}
