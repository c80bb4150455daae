package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.codec.Json;
import dev.weir.standalone.command.Weir;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Lines that users of these sources have reported, kept beside the checkout, read through the command line. */
@Tag("shared-data")
class FieldLinesTest {
    private static final Path FAULTS = Path.of("../../shared/data/faults");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void socketEventsOfHubbleAreNoFlows() throws IOException {
        assertThat(json("collect", "logs", file("hubble-sock-events/post2.json")))
                .isEmpty();
        assertThat(json("analyze", file("hubble-sock-events/post2.json"), "--manifests", file("hubble-sock-events/m")))
                .isEmpty();
        run("policy", "recommend", "--flows", file("hubble-sock-events/many.json"));
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("the flows show no workload");
    }

    @Test
    void vrrpAndIgmpOfHubbleAreFlows() throws IOException {
        assertThat(json("collect", "logs", file("hubble-vrrp-igmp/hub_vrrp.json")))
                .extracting(flow -> flow.path("protocol").asText())
                .containsExactly("112", "2");
    }

    @Test
    void aUrlOfHubbleLeavesNoQueryAnywhere() throws IOException {
        assertThat(json("collect", "logs", file("hubble-http-url/hub.json")))
                .isNotEmpty()
                .allSatisfy(flow -> {
                    assertThat(flow.at("/l7/http/host").asText()).isEqualTo("api.data:8080");
                    assertThat(flow.at("/l7/http/path").asText()).isEqualTo("/v1/items");
                });
        assertThat(out.toString()).doesNotContain("token");
        assertThat(json("analyze", file("hubble-http-url/hub.json")))
                .hasSameSizeAs(json("analyze", file("hubble-http-url/env.json")))
                .noneMatch(alert -> alert.path("detector").asText().equals("http-recon"));
        assertThat(out.toString()).doesNotContain("token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy_new", "sts_new"})
    void aFirstEdgeAfterARolloutOfCalicoIsReported(String name) throws IOException {
        assertThat(json("analyze", file("calico-rollout/" + name + ".json.gz"), "--learn", "24h"))
                .filteredOn(alert -> alert.path("detector").asText().equals("new-edge"))
                .singleElement()
                .satisfies(alert ->
                        assertThat(alert.at("/source/workload").asText()).isEqualTo("web"));
    }

    @Test
    void aDeniedTcpConnectionOfEnvoyIsDropped() throws IOException {
        assertThat(json("collect", "logs", file("envoy-tcp-rbac/in.json")))
                .singleElement()
                .satisfies(flow -> {
                    assertThat(flow.path("verdict").asText()).isEqualTo("DROPPED");
                    assertThat(flow.path("drop_reason").asText()).isEqualTo("POLICY_DENIED");
                });
    }

    @Test
    void duplicatesOfNetobservCountOnce() throws IOException {
        assertThat(json("collect", "logs", file("netobserv-duplicate/in.json")))
                .singleElement()
                .satisfies(flow -> assertThat(flow.at("/source/bytes").asLong()).isEqualTo(500));
    }

    @ParameterizedTest
    @CsvSource({"aws_unknown.log, 2", "aws_nostatus.log, 1"})
    void aFlowLogOfAwsIsReadWithoutComplaint(String name, int flows) throws IOException {
        assertThat(json("collect", "logs", file("aws-lines/" + name))).hasSize(flows);
    }

    @ParameterizedTest
    @CsvSource({"node, 0", "cni0, 0", "othernode, 1"})
    void aProbeFromTheNodesBridgeIsNoBypass(String name, int alerts) throws IOException {
        assertThat(json(
                        "analyze",
                        file("kubelet-probe-bridge/" + name + ".json"),
                        "--manifests",
                        file("kubelet-probe-bridge/m")))
                .filteredOn(alert -> alert.path("detector").asText().equals("policy-bypass"))
                .hasSize(alerts);
    }

    @Test
    void bytesThatZeekEscapedAreUtf8() throws IOException {
        assertThat(json("collect", "logs", file("zeek-utf8/in.log")))
                .singleElement()
                .satisfies(flow -> assertThat(flow.at("/l7/dns/query").asText()).isEqualTo("café.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bom", "hubble-flat-silent"})
    void aFileIsReadAsItWasSaved(String folder) throws IOException {
        assertThat(json("collect", "logs", file(folder + "/in.json"))).hasSize(1);
    }

    @Test
    void aFlatFlowOfHubbleIsReadWhenItsFormatIsGiven() throws IOException {
        assertThat(json("collect", "logs", "--format", "hubble", file("hubble-flat-silent/in.json")))
                .hasSize(1);
    }

    @Test
    void anUnquotedYIsNoLabel() {
        assertThat(run("policy", "check", file("yaml-y-n/m"))).isNotZero();
        assertThat(out.toString() + err).contains("must be a string, not true");
    }

    /** Runs a command, which must succeed, and parses each line that it prints as JSON. */
    private List<JsonNode> json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        assertThat(run(all.toArray(String[]::new))).as(err.toString()).isZero();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : out.toString().lines().toList()) {
            lines.add(Json.MAPPER.readTree(line));
        }
        return lines;
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private static String file(String name) {
        return FAULTS.resolve(name).toString();
    }
}
