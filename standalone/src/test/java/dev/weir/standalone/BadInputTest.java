package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.codec.FlowJson;
import dev.weir.standalone.command.Weir;
import dev.weir.standalone.demo.Simulator;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Messages and exit codes for wrong input. */
class BadInputTest {
    private static final int FAILED = 1;
    private static final int WRONG = 2;

    @TempDir
    Path folder;

    @Test
    void unknownKeyAndVariableAreRefusedByName() throws Exception {
        Path config = Files.writeString(folder.resolve("weir.yaml"), "ingest:\n  netflw: {port: 1}\n");
        expect(
                WRONG,
                "weir.yaml:2: unknown key 'ingest.netflw'; the closest valid one is 'ingest.netflow'",
                "up",
                "--config",
                config.toString());
        expect(
                WRONG,
                Map.of("WEIR_INGEST_NETFLOW_PROT", "1"),
                "the closest valid one is 'WEIR_INGEST_NETFLOW_PORT'",
                "up");
        Path links = Files.writeString(
                folder.resolve("links.yaml"),
                "alerting: {runbooks_url: docs/runbooks, http: {public_url: weir example}}\n");
        expect(
                WRONG,
                "alerting.runbooks_url: must be an http or https URL",
                "alerting",
                "check",
                "--config",
                links.toString());
        expect(WRONG, "alerting.http.public_url: is not a URL", "alerting", "check", "--config", links.toString());
        expect(WRONG, "nowhere.yaml: there is no such file", "up", "--config", "nowhere.yaml");
        expect(WRONG, "'soon' is not a duration", "demo", "--for", "soon");
        expect(WRONG, "Unknown options: '--fro', '1s'", "demo", "--fro", "1s");
    }

    @Test
    void portsInUse() throws Exception {
        try (ServerSocket http = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket netflow = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String data = folder.resolve("data").toString();
            Map<String, String> free = Map.of(
                    "WEIR_KAFKA_PORT",
                    "0",
                    "WEIR_ALERTING_HTTP_PORT",
                    "0",
                    "WEIR_INGEST_NETFLOW_PORT",
                    "0",
                    "WEIR_DATA",
                    data);
            expect(FAILED, with(free, "WEIR_KAFKA_PORT", http.getLocalPort()), "choose another with kafka.port", "up");
            expect(
                    FAILED,
                    with(free, "WEIR_ALERTING_HTTP_PORT", http.getLocalPort()),
                    "choose another with alerting.http.port",
                    "up");
            expect(FAILED, with(free, "WEIR_INGEST_NETFLOW_PORT", netflow.getLocalPort()), "ingest.netflow.port", "up");
        }
    }

    @Test
    void dataFolderOfAnotherVersionIsRefused() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("version"), "99\n");
        expect(FAILED, "has layout version 99", "up", "--data", data.toString());
    }

    @Test
    void aBrokerThatIsNotThere() throws Exception {
        Path config = Files.writeString(
                folder.resolve("ingest.yaml"), "kafka: {bootstrap_servers: \"127.0.0.1:1\"}\nmetrics_port: 0\n");
        expect(FAILED, "is it running, and is kafka.bootstrap_servers right?", "ingest", "--config", config.toString());
    }

    @Test
    void aTruncatedGzipIsAnalyzedAsFarAsItGoes() throws Exception {
        Simulator simulator = new Simulator(1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            for (var flow : simulator.portScan(1_790_000_000_000L)) {
                out.write(FlowJson.encode(flow));
                out.write('\n');
            }
            for (var flow : simulator.usual(1_790_000_060_000L, 1_790_000_660_000L)) {
                out.write(FlowJson.encode(flow));
                out.write('\n');
            }
        }
        Path cut = Files.write(folder.resolve("cut.ndjson.gz"), Arrays.copyOf(bytes.toByteArray(), bytes.size() - 100));
        try (WeirProcess weir = WeirProcess.start(folder, "analyze", "-o", "json", cut.toString())) {
            assertThat(weir.exitCode()).isEqualTo(FAILED);
            assertThat(weir.errors()).contains("cut.ndjson.gz: the gzip stream is cut off or damaged after");
            assertThat(weir.output()).contains("\"detector\":\"port-scan\"");
        }
    }

    @Test
    void brokenManifestsAndLinesAreNamedAndCounted() throws Exception {
        Path manifests = Files.createDirectories(folder.resolve("manifests"));
        Path flows = Files.writeString(
                folder.resolve("flows.ndjson"),
                "{\"start_ms\":1,\"protocol\":\"TCP\",\"source\":{\"ip\":\"10.0.0.1\",\"port\":70000},\"destination\":{\"ip\":\"10.0.0.2\"}}\n");
        expect(FAILED, "flows.ndjson:1: source.port: 70000 is outside 0..65535", "analyze", flows.toString());
        expect(WRONG, "none.ndjson: there is no such file", "analyze", "none.ndjson");
        Files.writeString(manifests.resolve("a.yaml"), "kind: Pod\nmetadata: {name: a\n");
        expect(FAILED, "a.yaml:2: not YAML", "analyze", "--manifests", manifests.toString(), flows.toString());
        Files.writeString(
                manifests.resolve("a.yaml"), "kind: NetworkPolicy\nmetadata: {name: a}\nspec: {ingres: []}\n");
        expect(
                FAILED,
                "NetworkPolicy default/a: spec.ingres: is not a field that is known here",
                "analyze",
                "--manifests",
                manifests.toString(),
                flows.toString());
    }

    /** Expects that a command ends with an exit code and a message, in this process. */
    private static void expect(int code, String message, String... arguments) {
        StringWriter errors = new StringWriter();
        CommandLine line = Weir.commandLine();
        line.setErr(new PrintWriter(errors, true));
        assertThat(line.execute(arguments)).as(errors.toString()).isEqualTo(code);
        assertThat(errors.toString()).contains(message).doesNotContain("\tat ");
    }

    /** Expects that a command with variables of the environment ends with an exit code and a message. */
    private void expect(int code, Map<String, String> environment, String message, String... arguments)
            throws Exception {
        try (WeirProcess weir = WeirProcess.start(folder, environment, arguments)) {
            assertThat(weir.exitCode()).as(weir.errors()).isEqualTo(code);
            assertThat(weir.errors()).contains(message).doesNotContain("\tat ");
        }
    }

    private static Map<String, String> with(Map<String, String> all, String name, int value) {
        Map<String, String> changed = new HashMap<>(all);
        changed.put(name, Integer.toString(value));
        return changed;
    }
}
