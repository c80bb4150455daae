package dev.weir.policy.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.common.manifest.Problem;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.PolicyRef;
import dev.weir.model.context.ClusterObject;
import dev.weir.model.context.ClusterObjects;
import dev.weir.model.context.MeshProxy;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.NetworkAgent;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Rule;
import dev.weir.policy.Tier;
import dev.weir.policy.admission.Admission;
import dev.weir.policy.clause.UnknownPeers;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.dialect.Enforcers;
import dev.weir.policy.dialect.StagedPolicy;
import dev.weir.policy.dialect.Undecided;
import dev.weir.policy.dialect.istio.Hbone;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Builds a {@link Cluster} in two passes: namespaces and nodes first, since pods refer to them. */
final class ClusterBuilder {
    /** Kinds with a pod template, and its path in the object. */
    private static final Map<String, String> TEMPLATES = Map.of(
            "Deployment", "/spec/template",
            "ReplicaSet", "/spec/template",
            "StatefulSet", "/spec/template",
            "DaemonSet", "/spec/template",
            "ReplicationController", "/spec/template",
            "Job", "/spec/template",
            "CronJob", "/spec/jobTemplate/spec/template");

    private static final Set<String> OF_THE_CLUSTER = Set.of("Namespace", "Node");

    private final boolean isComplete;
    private final Map<String, Map<String, String>> namespaces = new TreeMap<>();
    private final Map<String, Peer.Node> nodes = new HashMap<>();
    private final Map<String, Peer> nodesByAddress = new HashMap<>();
    private final List<Member> members = new ArrayList<>();
    private final List<Manifest> policyObjects = new ArrayList<>();
    private final List<Manifest> stagedObjects = new ArrayList<>();
    private final Map<PolicyRef, Manifest> policyManifests = new LinkedHashMap<>();
    private final Map<PolicyRef, Policy> policies = new LinkedHashMap<>();
    private final Map<String, Workload> ownersOfReplicaSets = new HashMap<>();
    private final Set<Workload> described = new HashSet<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Map<Manifest, List<Problem>> refused = new LinkedHashMap<>();
    private final List<Problem> accepted = new ArrayList<>();
    private final List<Problem> mistakesInForce = new ArrayList<>();

    /**
     * Creates a builder.
     *
     * @param isComplete true if the manifests describe the whole cluster
     */
    ClusterBuilder(boolean isComplete) {
        this.isComplete = isComplete;
    }

    Cluster build(List<Manifest> manifests) {
        // Policies are tested before objects with {@code generateName} get a name.
        manifests.forEach(manifest -> refused.put(manifest, Admission.problems(manifest)));
        List<Manifest> distinct = withoutTwins(manifests);
        distinct.forEach(this::first);
        distinct.stream()
                .filter(manifest -> manifest.kind().equals("Pod"))
                .forEach(manifest -> guarded(manifest, () -> pod(manifest)));
        distinct.stream()
                .filter(manifest -> TEMPLATES.containsKey(manifest.kind()))
                .forEach(manifest -> guarded(manifest, () -> template(manifest)));
        members.sort(Comparator.comparing(Member::workload)
                .thenComparing(member -> member.pod().name()));
        ClusterFacts facts = facts(distinct);
        policyObjects.forEach(manifest -> guarded(manifest, () -> policy(manifest, facts)));
        findEqualPriorities();
        PolicySet enforced = PolicySet.of(policies.values())
                .sentBy(new Hbone(facts))
                .enforcedBy(Enforcers.enforcement(facts))
                .in(facts);
        return new Cluster(
                namespaces,
                List.copyOf(members),
                nodesByAddress,
                enforced,
                staged(enforced, facts),
                policyManifests,
                List.copyOf(problems),
                refused.values().stream().flatMap(List::stream).toList(),
                List.copyOf(accepted),
                List.copyOf(mistakesInForce));
    }

    private PolicySet staged(PolicySet enforced, ClusterFacts facts) {
        PolicySet staged = enforced;
        for (Manifest manifest : stagedObjects) {
            try {
                StagedPolicy policy = Dialects.staged(manifest.kind(), manifest.object());
                staged = policy == null ? staged : policy.in(staged, facts);
            } catch (InvalidPolicyException e) {
                problems.add(manifest.problem(e.field(), e.reason()));
            }
        }
        return staged;
    }

    /** Names objects with {@code generateName} after its text: {@code migrate-*}. */
    private static void name(List<Manifest> manifests) {
        Map<String, Integer> made = new HashMap<>();
        for (Manifest manifest : manifests) {
            JsonNode generated = manifest.object().path("metadata").path("generateName");
            if (manifest.name().isEmpty()
                    && generated.isTextual()
                    && manifest.object().path("metadata") instanceof ObjectNode metadata) {
                int before = made.merge(manifest.kind() + generated.textValue(), 1, Integer::sum) - 1;
                metadata.put("name", generated.textValue() + "*" + (before == 0 ? "" : before));
            }
        }
    }

    private List<Manifest> withoutTwins(List<Manifest> manifests) {
        name(manifests);
        Map<String, Manifest> seen = new LinkedHashMap<>();
        List<Manifest> nameless = new ArrayList<>();
        for (Manifest manifest : manifests) {
            String namespace = namespace(manifest);
            String group = manifest.object().path("apiVersion").asText("").replaceAll("/.*", "");
            Manifest first =
                    seen.putIfAbsent(group + "/" + manifest.kind() + "/" + namespace + "/" + manifest.name(), manifest);
            if (first != null && manifest.name().isEmpty()) {
                nameless.add(manifest);
            } else if (first != null) {
                problems.add(manifest.problem(
                        "metadata.name", "stands already in " + first.file() + ":" + first.line("metadata.name")));
            }
        }
        List<Manifest> all = new ArrayList<>(seen.values());
        all.addAll(nameless);
        return all;
    }

    /** The first pass: objects that others refer to, and the policies. */
    private void first(Manifest manifest) {
        guarded(manifest, () -> {
            switch (manifest.kind()) {
                case "Namespace" -> {
                    if (ClusterObjects.parse("Namespace", manifest.object())
                            instanceof ClusterObject.Namespace namespace) {
                        namespaces.put(namespace.name(), namespace.labels());
                    }
                }
                case "Node" -> {
                    if (ClusterObjects.parse("Node", manifest.object()) instanceof ClusterObject.Node node) {
                        Peer.Node peer = new Peer.Node(node.name(), node.labels());
                        nodes.put(node.name(), peer);
                        node.ips().forEach(ip -> nodesByAddress.put(ip, Peer.node(ip, peer)));
                    }
                }
                case "ReplicaSet" -> owner(manifest);
                default -> {
                    String notThere = Dialects.unknownKind(manifest.object());
                    if (notThere != null) {
                        problems.add(manifest.problem("kind", notThere));
                    } else if (Dialects.isPolicy(manifest.object())) {
                        policyObjects.add(manifest);
                    } else if (Dialects.isStaged(manifest.kind())) {
                        stagedObjects.add(manifest);
                    } else if (Dialects.isPolicy(manifest.kind())) {
                        problems.add(manifest.problem(
                                "apiVersion",
                                "'" + manifest.object().path("apiVersion").asText() + "' has no " + manifest.kind()
                                        + "; known is that of "
                                        + String.join(" and ", Dialects.groups(manifest.kind()))));
                    } else {
                        Dialects.check(manifest.object());
                    }
                }
            }
        });
    }

    private void guarded(Manifest manifest, Runnable reading) {
        try {
            reading.run();
        } catch (InvalidRecordException e) {
            problems.add(manifest.problem(e.field(), e.reason()));
        } catch (InvalidPolicyException e) {
            problems.add(manifest.problem(e.field(), e.reason()));
        }
    }

    /**
     * Adds a policy. A policy that the server refuses is left out; one that it accepts is in force, if only as unknown,
     * and so is one of a kind whose rules of admission are not known.
     */
    private void policy(Manifest manifest, ClusterFacts facts) {
        Dialects.InForce inForce = Dialects.inForce(manifest.kind(), manifest.object(), facts);
        InvalidPolicyException problem = inForce.problem();
        List<Problem> refusals = refused.getOrDefault(manifest, List.of());
        if (problem != null && !refusals.isEmpty()) {
            problems.addAll(refusals);
            return;
        }
        if (problem != null) {
            boolean isAccepted = Admission.knows(manifest.object());
            (isAccepted ? accepted : mistakesInForce)
                    .add(manifest.problem(
                            problem.field(),
                            (isAccepted ? Cluster.ACCEPTED : "")
                                    + problem.reason()
                                    + "; what this policy does is unknown"));
        }
        inForce.policies().forEach(policy -> add(policy, manifest));
    }

    private void add(Policy policy, Manifest manifest) {
        policies.put(policy.ref(), policy);
        policyManifests.put(policy.ref(), manifest);
        for (List<Rule> rules : policy.rules().values()) {
            for (Rule rule : rules) {
                rule.peers().stream()
                        .filter(UnknownPeers.class::isInstance)
                        .map(UnknownPeers.class::cast)
                        .forEach(peer -> mistakesInForce.add(manifest.problem(
                                peer.path(), "is not a field that is known here, so its rule fails closed")));
            }
        }
    }

    private ClusterFacts facts(List<Manifest> manifests) {
        return new ClusterFacts(
                manifests.stream().map(Manifest::object).toList(),
                members.stream()
                        .map(member -> member.pod().identity())
                        .filter(identity -> !identity.hostNetwork())
                        .flatMap(identity -> identity.ports().stream())
                        .toList(),
                manifests.stream()
                        .map(manifest ->
                                manifest.object().path("apiVersion").asText("").replaceAll("/.*", ""))
                        .collect(Collectors.toSet()),
                members.stream()
                        .flatMap(member -> Stream.ofNullable(
                                NetworkAgent.of(member.pod().identity().labels())))
                        .collect(Collectors.toSet()),
                isComplete);
    }

    private void owner(Manifest manifest) {
        for (JsonNode reference : manifest.object().path("metadata").path("ownerReferences")) {
            ownersOfReplicaSets.put(
                    namespace(manifest) + "/" + manifest.name(),
                    new Workload(
                            namespace(manifest),
                            reference.path("kind").asText(),
                            reference.path("name").asText()));
        }
    }

    private void pod(Manifest manifest) {
        if (!(ClusterObjects.parse("Pod", manifest.object()) instanceof ClusterObject.Pod pod)) {
            return;
        }
        String phase = manifest.object().path("status").path("phase").asText("");
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            return;
        }
        Workload workload = new Workload(pod.namespace(), pod.workloadKind(), pod.workload());
        if (pod.workloadKind().equals("ReplicaSet")) {
            workload = ownersOfReplicaSets.getOrDefault(pod.namespace() + "/" + pod.workload(), workload);
        }
        Peer.Pod identity = Peer.Pod.of(pod, labelsOf(pod.namespace()));
        JsonNode spec = manifest.object().path("spec");
        described.add(workload);
        members.add(new Member(
                workload,
                owner(manifest, workload),
                identity,
                peers(identity, addresses(pod, manifest.object()), pod.node()),
                true,
                spec));
    }

    private static Workload owner(Manifest pod, Workload otherwise) {
        JsonNode owner = pod.object().path("metadata").path("ownerReferences").path(0);
        return owner.path("kind").asText("").isEmpty()
                        || owner.path("kind").asText().equals("Node")
                ? otherwise
                : new Workload(
                        namespace(pod),
                        owner.path("kind").asText(),
                        owner.path("name").asText());
    }

    /** Adds a pod for a workload of which no pod is described. */
    private void template(Manifest manifest) {
        String namespace = namespace(manifest);
        boolean owned =
                manifest.object().path("metadata").path("ownerReferences").size() > 0;
        Workload workload = new Workload(namespace, manifest.kind(), manifest.name());
        if (owned || described.contains(workload)) {
            return;
        }
        JsonNode template = manifest.object().at(TEMPLATES.getOrDefault(manifest.kind(), ""));
        ObjectNode object = manifest.object().objectNode();
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", manifest.name()).put("namespace", namespace);
        metadata.set("labels", template.path("metadata").path("labels"));
        object.set("spec", template.path("spec"));
        if (ClusterObjects.parse("Pod", object) instanceof ClusterObject.Pod pod) {
            Peer.Pod described = Peer.Pod.of(pod, labelsOf(namespace)).asStandIn();
            Peer.Pod identity = pod.proxy().equals(MeshProxy.NONE)
                    ? described.withProxy(MeshProxy.injected(
                            labelsOf(namespace),
                            pod.labels(),
                            template.path("metadata").path("annotations")))
                    : described;
            members.add(new Member(
                    workload, workload, identity, peers(identity, List.of(), null), false, object.path("spec")));
        }
    }

    private static List<String> addresses(ClusterObject.Pod pod, JsonNode object) {
        if (!pod.ips().isEmpty()) {
            return pod.ips();
        }
        String host = object.path("status").path("hostIP").asText("");
        return pod.hostNetwork() && !host.isEmpty() ? List.of(host) : List.of();
    }

    private List<Peer> peers(Peer.Pod pod, List<String> addresses, @Nullable String nodeName) {
        List<@Nullable String> known = new ArrayList<>(addresses);
        if (known.isEmpty()) {
            known.add(null);
        }
        List<Peer> peers = new ArrayList<>();
        for (String ip : known) {
            if (!pod.identity().hostNetwork()) {
                peers.add(Peer.pod(ip, pod, nodeName));
                continue;
            }
            Peer.Node node = nodeName == null ? null : nodes.get(nodeName);
            Peer atAddress = ip == null ? null : nodesByAddress.get(ip);
            peers.add(Peer.onHost(ip, pod, node == null && atAddress != null ? atAddress.node() : node));
        }
        return List.copyOf(peers);
    }

    private Map<String, String> labelsOf(String namespace) {
        return namespaces.computeIfAbsent(namespace, name -> Map.of(ClusterObjects.NAMESPACE_NAME_LABEL, name));
    }

    private static String namespace(Manifest manifest) {
        String namespace = manifest.namespace();
        boolean ofTheCluster = OF_THE_CLUSTER.contains(manifest.kind()) || Dialects.isOfCluster(manifest.object());
        return ofTheCluster ? "" : namespace == null ? "default" : namespace;
    }

    /** Reports policies of one priority, whose order is not defined. */
    private void findEqualPriorities() {
        Map<String, PolicyRef> taken = new HashMap<>();
        Set<String> reported = new HashSet<>();
        policies.values().stream()
                .filter(policy ->
                        policy.tier().equals(Tier.ADMIN) || policy.tier().equals(Tier.BASELINE))
                .filter(policy -> !(policy.subject() instanceof Undecided.Reach))
                .forEach(policy -> {
                    String key = policy.ref().kind() + policy.tier() + policy.priority();
                    PolicyRef first = taken.putIfAbsent(key, policy.ref());
                    Manifest manifest = policyManifests.get(policy.ref());
                    if (first != null
                            && manifest != null
                            && reported.add(policy.ref().name())) {
                        accepted.add(manifest.problem(
                                "spec.priority",
                                Cluster.ACCEPTED + (int) policy.priority() + " is the priority of " + first.display()
                                        + " too; which of them comes first is not defined"));
                    }
                });
    }
}
