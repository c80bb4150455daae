package dev.weir.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Expected;
import dev.weir.model.codec.Json;
import dev.weir.model.context.ClusterObject;
import dev.weir.model.context.ClusterObjects;
import dev.weir.policy.kubernetes.NetworkPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Published cases with their expected verdicts, kept beside the checkout. */
@Tag("shared-data")
class PolicyCorpusTest {
    private static final Path CASES = Path.of("../../shared/data/policy");
    private static final Set<String> KINDS = Set.of("Namespace", "Pod", "Node", "Service", NetworkPolicy.KIND);

    @Test
    void recipes() throws IOException {
        assertThat(check("recipes.json.gz")).isEqualTo(33);
    }

    @Test
    void netpolAnalyzer() throws IOException {
        assertThat(check("npguard.json.gz")).isEqualTo(9_924);
    }

    @Test
    void invalidNetworkPoliciesAreRefused() throws IOException {
        int refused = 0;
        for (JsonNode example : cases("invalid.json.gz")) {
            List<JsonNode> policies = ofKind(example, NetworkPolicy.KIND);
            boolean onlyNetworkPolicies = ofKind(example, "AdminNetworkPolicy").isEmpty()
                    && ofKind(example, "BaselineAdminNetworkPolicy").isEmpty();
            if (policies.isEmpty() || !onlyNetworkPolicies || holdsTwins(example)) {
                continue;
            }
            boolean any = false;
            for (JsonNode policy : policies) {
                try {
                    NetworkPolicy.parse(policy);
                } catch (InvalidPolicyException e) {
                    assertThat(e)
                            .hasMessageContaining(policy.at("/metadata/name").asText());
                    any = true;
                }
            }
            assertThat(any)
                    .as(example.path("name") + " " + example.path("expect_error"))
                    .isTrue();
            refused++;
        }
        assertThat(refused).isPositive();
    }

    private static int check(String file) throws IOException {
        int checks = 0;
        List<String> wrong = new ArrayList<>();
        for (JsonNode example : cases(file)) {
            if (!onlyKnownKinds(example)) {
                continue;
            }
            World world = World.of(example.path("resources"));
            for (JsonNode check : example.path("checks")) {
                checks++;
                world.check(check).forEach(problem -> wrong.add(example.path("name") + ": " + problem));
            }
        }
        assertThat(wrong).isEmpty();
        return checks;
    }

    private record World(PolicySet policies, Map<String, Peer> pods) {
        static World of(JsonNode resources) {
            Map<String, Map<String, String>> namespaces = new HashMap<>();
            List<NetworkPolicy> policies = new ArrayList<>();
            Map<String, Peer> pods = new HashMap<>();
            for (JsonNode resource : resources) {
                String kind = resource.path("kind").asText();
                if (kind.equals(NetworkPolicy.KIND)) {
                    policies.add(NetworkPolicy.parse(resource));
                } else if (ClusterObjects.parse(kind, resource) instanceof ClusterObject.Namespace namespace) {
                    namespaces.put(namespace.name(), namespace.labels());
                }
            }
            for (JsonNode resource : resources) {
                if (ClusterObjects.parse(resource.path("kind").asText(), resource) instanceof ClusterObject.Pod pod) {
                    Map<String, String> labels = namespaces.getOrDefault(pod.namespace(), Map.of());
                    Peer.Pod identity = new Peer.Pod(
                            pod.namespace(), pod.name(), labels, pod.labels(), pod.ports(), pod.hostNetwork());
                    pods.put(
                            pod.namespace() + "/" + pod.name(),
                            new Peer(pod.ips().get(0), identity));
                }
            }
            return new World(PolicySet.of(policies), pods);
        }

        List<String> check(JsonNode check) {
            Traffic traffic = new Traffic(
                    peer(check.path("from")),
                    peer(check.path("to")),
                    check.path("protocol").asText(),
                    check.path("port").asInt());
            Decision decision = policies.decide(traffic);
            String verdict = decision.expected() == Expected.DENY ? "deny" : "allow";
            List<String> problems = new ArrayList<>();
            if (!verdict.equals(check.path("expect").asText())) {
                problems.add(verdict + " for " + check + ": " + decision);
            }
            if (check.has("decided")) {
                compare(check.at("/decided/egress"), decision.egress(), check, problems);
                compare(check.at("/decided/ingress"), decision.ingress(), check, problems);
            }
            return problems;
        }

        private static void compare(JsonNode decided, SideDecision side, JsonNode check, List<String> problems) {
            Set<String> wanted = new TreeSet<>();
            for (JsonNode by : decided.path("by")) {
                if (!by.path("kind").asText().equals("default")) {
                    wanted.add(by.path("namespace").asText() + "/"
                            + by.path("name").asText());
                }
            }
            Set<String> found = new TreeSet<>();
            side.decidedBy().forEach(ref -> found.add(ref.namespace() + "/" + ref.name()));
            String verdict = side.expected() == Expected.DENY ? "deny" : "allow";
            if (!wanted.equals(found) || !verdict.equals(decided.path("verdict").asText(verdict))) {
                problems.add("decided by " + found + ", not " + wanted + ", for " + check);
            }
        }

        private Peer peer(JsonNode end) {
            return end.has("ip")
                    ? Peer.address(end.path("ip").asText())
                    : java.util.Objects.requireNonNull(pods.get(end.path("namespace")
                                    .asText() + "/" + end.path("pod").asText()));
        }
    }

    private static JsonNode cases(String file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(CASES.resolve(file)))) {
            return Json.MAPPER.readTree(in).path("cases");
        }
    }

    private static boolean onlyKnownKinds(JsonNode example) {
        for (JsonNode resource : example.path("resources")) {
            if (!KINDS.contains(resource.path("kind").asText())) {
                return false;
            }
        }
        return true;
    }

    /** Two objects of one name: wrong as a set, while each policy alone is in order. */
    private static boolean holdsTwins(JsonNode example) {
        Set<String> keys = new TreeSet<>();
        for (JsonNode resource : example.path("resources")) {
            JsonNode metadata = resource.path("metadata");
            if (!keys.add(resource.path("kind") + "/" + metadata.path("namespace") + "/" + metadata.path("name"))) {
                return true;
            }
        }
        return false;
    }

    private static List<JsonNode> ofKind(JsonNode example, String kind) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode resource : example.path("resources")) {
            if (resource.path("kind").asText().equals(kind)) {
                found.add(resource);
            }
        }
        return found;
    }
}
