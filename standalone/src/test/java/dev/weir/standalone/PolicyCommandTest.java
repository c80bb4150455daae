package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.ingest.context.ContextObject;
import dev.weir.model.codec.Json;
import dev.weir.policy.UndefinedIcmp;
import dev.weir.policy.dialect.Dialects;
import dev.weir.standalone.command.Weir;
import dev.weir.standalone.demo.ShopFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands of {@code weir policy}, called as a user calls them. */
class PolicyCommandTest {
    private static final Path SHARED = Path.of("../../shared/data");
    private static final long NOW_MS = 1_767_225_600_000L;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    @Tag("shared-data")
    void theCorporaHold() {
        assertThat(run(
                        "policy",
                        "test",
                        corpus("recipes"),
                        corpus("npguard"),
                        corpus("admin-network-policy"),
                        corpus("cluster-network-policy"),
                        corpus("invalid")))
                .isZero();
        assertThat(out).hasToString("12944 passed, 0 failed\n");
    }

    @Test
    @Tag("shared-data")
    void recommendationForRecordedFlowsBreaksNone() throws IOException {
        String flows =
                SHARED.resolve("flows/nezha_trainticket_day1.flows.ndjson.gz").toString();
        Path workloads = folder.resolve("workloads.yaml");
        Files.writeString(workloads, workloads(Path.of(flows)));
        assertRecommendationHolds(flows, workloads, 1);
    }

    @Test
    void recommendationForTheShopBreaksNone() throws IOException {
        ShopFiles.write(folder, 3, NOW_MS);
        assertRecommendationHolds(folder.resolve("flows.ndjson.gz").toString(), folder.resolve("manifests"), 2);
    }

    @Test
    void recommendationNamesTheNamespacesThatItNeeds() throws IOException {
        ShopFiles.write(folder, 3, NOW_MS);
        run(
                "policy",
                "recommend",
                "--flows",
                folder.resolve("flows.ndjson.gz").toString(),
                "--manifests",
                folder.resolve("manifests").toString());
        assertThat(out.toString())
                .startsWith("# These must be there first (kubectl create namespace NAME):"
                        + " data, payments, platform, shop\n");
    }

    @Test
    void savedPodsHaveWhatTheServerRequires() throws IOException {
        ShopFiles.write(folder, 3, NOW_MS);
        assertThat(ManifestFile.read(folder.resolve("manifests/cluster.yaml")).manifests())
                .filteredOn(manifest -> manifest.kind().equals("Pod"))
                .isNotEmpty()
                .allSatisfy(pod -> {
                    assertThat(pod.object().at("/spec/containers/0/name").asText())
                            .isNotEmpty();
                    assertThat(pod.object().at("/spec/containers/0/image").asText())
                            .isNotEmpty();
                    JsonNode owner = pod.object().at("/metadata/ownerReferences/0");
                    for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                        assertThat(owner.path(field).asText()).isNotEmpty();
                    }
                });
    }

    @Test
    void simulationShowsExactlyWhatWasLeftOut() throws IOException {
        ShopFiles.write(folder, 3, NOW_MS);
        String flows = folder.resolve("flows.ndjson.gz").toString();
        String manifests = folder.resolve("manifests").toString();
        assertThat(run("policy", "recommend", "--flows", flows, "--manifests", manifests, "--min-flows", "200"))
                .isZero();
        Path recommended = folder.resolve("recommended.yaml");
        Files.writeString(recommended, out.toString());
        long leftOut = out.toString()
                .lines()
                .filter(line -> line.startsWith("#   ") && line.contains("was seen"))
                .count();
        assertThat(leftOut).isPositive();
        assertThat(run(
                        "policy",
                        "simulate",
                        "--proposed",
                        manifests,
                        recommended.toString(),
                        "--flows",
                        flows,
                        "-o",
                        "json"))
                .isZero();
        JsonNode changes = Json.MAPPER.readTree(out.toString()).path("changes");
        assertThat(changes.size()).isEqualTo((int) leftOut);
        assertThat(changes).allMatch(change -> change.path("effect").asText().equals("breaks"));
    }

    @Test
    void decisionIsAboutIcmpThenItCarriesTheCaveat() throws IOException {
        Path manifests = write("icmp.yaml", """
                {kind: Pod, metadata: {name: a, labels: {app: a}}, status: {podIP: 10.0.0.1}}
                ---
                {kind: Pod, metadata: {name: b, labels: {app: b}}, status: {podIP: 10.0.0.2}}
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: b}
                spec: {podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{ports: [{port: 80}]}]}
                """);
        String ping = "{\"start_ms\":1767225600000,\"protocol\":\"ICMP\",\"verdict\":\"FORWARDED\","
                + "\"source\":{\"ip\":\"10.0.0.1\"},\"destination\":{\"ip\":\"10.0.0.2\"}}\n";
        Path flows = write("icmp.ndjson", ping + ping);
        String[] explain = {
            "policy", "explain", manifests.toString(), "--from", "default/a", "--to", "default/b", "--protocol"
        };
        run(Stream.concat(Stream.of(explain), Stream.of("icmp")).toArray(String[]::new));
        assertThat(out.toString()).contains("deny", "Caveat: " + UndefinedIcmp.CAVEAT + ".");
        run(Stream.concat(Stream.of(explain), Stream.of("icmp", "-o", "json")).toArray(String[]::new));
        assertThat(Json.MAPPER.readTree(out.toString()).at("/0/caveats/0").asText())
                .isEqualTo(UndefinedIcmp.CAVEAT);
        run(Stream.concat(Stream.of(explain), Stream.of("tcp", "--port", "81")).toArray(String[]::new));
        assertThat(out.toString()).contains("deny").doesNotContain("Caveat");
        run("policy", "simulate", "--proposed", manifests.toString(), "--flows", flows.toString(), "-o", "json");
        assertThat(Json.MAPPER.readTree(out.toString()).at("/changes/0/because").asText())
                .endsWith(" " + UndefinedIcmp.CAVEAT + ".");
        run("policy", "recommend", "--manifests", manifests.toString(), "--flows", flows.toString());
        assertThat(out.toString()).contains("NetworkPolicy knows no ICMP, and network plug-ins differ");
    }

    @Test
    void exitCodesDistinguishKindsOfErrors() throws IOException {
        Path good =
                write("good.yaml", "{kind: Pod, metadata: {name: a, labels: {app: a}}, status: {podIP: 10.0.0.1}}\n");
        Path bad = write("bad.yaml", "kind: NetworkPolicy\nmetadata: {name: half\n");
        Path cases = write(
                "cases.yaml",
                "cases:\n- {name: a, manifests: [good.yaml], checks: [{from: {namespace: default,"
                        + " pod: a}, to: {ip: 192.0.2.1}, port: 1, expect: deny}]}\n");
        assertThat(run("policy", "check", good.toString())).isZero();
        assertThat(run("policy", "check", good.toString(), bad.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("bad.yaml:2", "not YAML", "1 error, 0 warnings");
        assertThat(run("policy", "check", "nowhere")).isEqualTo(2);
        assertThat(run("policy", "test", cases.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("FAILED", "expected deny", "egress: unselected:", "0 passed, 1 failed");
        assertThat(run("policy", "test", good.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("good.yaml:1: cases: must be a list");
        assertThat(run("policy", "explain", "--from", "default/a", "--to", "192.0.2.1", "--port", "1", good.toString()))
                .isZero();
        assertThat(run("policy", "explain", "--from", "default/b", "--to", "192.0.2.1", "--port", "1", good.toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--from: no pod or workload default/b is described; described are default/a");
        assertThat(run("policy", "explain", "--from", "default/a", "--to", "x", "--port", "1", good.toString()))
                .isEqualTo(2);
        assertThat(run("policy", "explain", "--from", "default/a", "--to", "192.0.2.1", "--port", "0", good.toString()))
                .isEqualTo(2);
        assertThat(run("policy", "explain", "--from", "default/a", "--to", "192.0.2.1", bad.toString(), "--port", "1"))
                .isEqualTo(2);
        assertThat(run("policy", "map", good.toString(), "--diff", good.toString(), "-o", "dot"))
                .isEqualTo(2);
        assertThat(run("policy")).isEqualTo(2);
    }

    @Test
    void everyKindOfPolicyIsTakenFromManifests() {
        Set<String> kinds = Set.of(
                "NetworkPolicy",
                "AdminNetworkPolicy",
                "BaselineAdminNetworkPolicy",
                "ClusterNetworkPolicy",
                "CiliumNetworkPolicy",
                "CiliumClusterwideNetworkPolicy",
                "GlobalNetworkPolicy",
                "HostEndpoint",
                "AuthorizationPolicy",
                "PeerAuthentication");
        assertThat(Dialects.kinds()).isEqualTo(kinds).allMatch(kind -> ContextObject.isJudgedBy(kind, "any"));
    }

    private void assertRecommendationHolds(String flows, Path manifests, int minFlows) throws IOException {
        assertThat(run(
                        "policy",
                        "recommend",
                        "--flows",
                        flows,
                        "--manifests",
                        manifests.toString(),
                        "--min-flows",
                        String.valueOf(minFlows)))
                .as(err.toString())
                .isZero();
        Path recommended = folder.resolve("recommended.yaml");
        Files.writeString(recommended, out.toString());
        assertThat(run("policy", "check", manifests.toString(), recommended.toString()))
                .as(out.toString())
                .isZero();
        assertThat(run(
                        "policy",
                        "simulate",
                        "--proposed",
                        manifests.toString(),
                        recommended.toString(),
                        "--flows",
                        flows,
                        "--exit-code"))
                .isZero();
        assertThat(out.toString()).contains("0 edges would break, 0 edges would open, 0 edges are unclear");
    }

    /** A manifest for each workload that the flows name, since the flows carry no labels. */
    private static String workloads(Path flows) throws IOException {
        Set<String> workloads = new TreeSet<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(flows)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode flow = Json.MAPPER.readTree(line);
                for (String end : new String[] {"source", "destination"}) {
                    String name = flow.path(end).path("workload").asText();
                    workloads.add("---\n{kind: "
                            + flow.path(end).path("workload_kind").asText() + ", metadata: {name: "
                            + name + ", namespace: "
                            + flow.path(end).path("namespace").asText()
                            + "}, spec: {template: {metadata: {labels: {app: " + name + "}}}}}\n");
                }
            }
        }
        return String.join("", workloads);
    }

    private static String corpus(String name) {
        return SHARED.resolve("policy").resolve(name + ".json.gz").toString();
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return file;
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
