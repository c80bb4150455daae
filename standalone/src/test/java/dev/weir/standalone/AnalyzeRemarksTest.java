package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.Weir;
import dev.weir.standalone.demo.ShopFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The remarks that {@code weir analyze} prints beside alerts. */
class AnalyzeRemarksTest {
    private static final long NOW_MS = 1_767_225_600_000L;
    private static final String FLOW =
            "{\"start_ms\":%d,\"end_ms\":%d,\"protocol\":\"TCP\",\"verdict\":\"FORWARDED\"%s,"
                    + "\"source\":{\"ip\":\"10.0.0.1\",\"port\":40000},\"destination\":{\"ip\":\"%s\",\"port\":80}}\n";

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aRunWithoutAlertsSaysWhatItRead() throws Exception {
        ShopFiles.write(folder.resolve("shop"), 3, NOW_MS);
        assertThat(analyze(folder.resolve("shop/flows.ndjson.gz"), "--manifests", folder.resolve("shop/manifests")))
                .isZero();
        assertThat(out.toString())
                .containsPattern("read \\d{5} flows of 2025-12-29T00:00:00Z to 2025-12-31T00:20:\\d\\dZ \\(2d20m")
                .containsPattern(
                        "learned \\d+ workloads or addresses and \\d+ connections; new ones are reported after 16h6m40s, and new peers outside after 1d")
                .endsWith("found nothing to report\n")
                .doesNotContain("FIRST SEEN");
        assertThat(err).hasToString("");
    }

    @Test
    void jsonHoldsAlertsOnly() throws Exception {
        assertThat(analyze(flows("", "10.0.0.2"), "-o", "json")).isZero();
        assertThat(out).hasToString("");
        assertThat(err.toString()).contains("read 2 flows").contains("found nothing to report");
    }

    @Test
    void unusableObjectsAreNamedAndTheRestIsAnalyzed() throws Exception {
        Path manifests = Files.createDirectories(folder.resolve("manifests"));
        Files.writeString(manifests.resolve("a.yaml"), "kind: [broken\n");
        Files.writeString(
                manifests.resolve("b.yaml"),
                "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: shop}\nspec: {podSelector: {}}\n");
        Files.writeString(
                manifests.resolve("c.yaml"),
                "kind: Pod\nmetadata: {name: web, namespace: shop}\nstatus: {podIP: 10.0.0.1}\n");
        assertThat(analyze(flows("", "10.0.0.2"), "--manifests", manifests)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .contains("a.yaml", "b.yaml", "; it is left out")
                .doesNotContain("c.yaml");
        assertThat(out.toString()).contains("read 2 flows", "could not name 2 of 4 ends");
    }

    @Test
    void aShortRecordingIsRemarkedOn() throws Exception {
        analyze(flows("", "10.0.0.2"));
        assertThat(err.toString()).contains("the flows span 1m, which is shorter than the 10m of learning");
        err.getBuffer().setLength(0);
        analyze(flows("", "10.0.0.2"), "--learn", "30s");
        assertThat(err.toString()).doesNotContain("shorter than");
    }

    @Test
    void aThirdOfARecordingIsLearned() throws Exception {
        Path file = flows("", "10.0.0.2");
        Files.writeString(
                file,
                FLOW.formatted(NOW_MS + 90 * 60_000, NOW_MS + 90 * 60_000, "", "10.0.0.2"),
                StandardOpenOption.APPEND);
        analyze(file);
        assertThat(out.toString()).contains("new ones are reported after 30m", "and new peers outside after 1d");
        assertThat(err.toString())
                .contains("connections inside were learned for 30m", "listening ports need 1d before one is reported");
    }

    @Test
    void flowsWithoutNamesAreRemarkedOn() throws Exception {
        analyze(flows("", "8.8.8.8"));
        assertThat(err.toString())
                .contains("no flow names a workload or has labels; describe the cluster with --manifests");
        assertThat(out.toString())
                .contains(
                        "could not name 4 of 4 ends: 2 are outside the cluster, 2 have an address that is not described")
                .contains("(such as 10.0.0.1)");
    }

    @Test
    void anEmptyManifestsFolderIsRemarkedOn() throws Exception {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(analyze(flows("", "10.0.0.2"), "--manifests", empty)).isZero();
        assertThat(err.toString()).contains(empty + ": holds no Kubernetes objects");
    }

    @Test
    void severalClustersAreRemarkedOn() throws Exception {
        Path file = flows(",\"cluster\":\"east\"", "10.0.0.2");
        Files.writeString(
                file, FLOW.formatted(NOW_MS, NOW_MS, ",\"cluster\":\"west\"", "10.0.0.3"), StandardOpenOption.APPEND);
        Files.writeString(file, FLOW.formatted(NOW_MS, NOW_MS, "", "10.0.0.4"), StandardOpenOption.APPEND);
        analyze(file);
        assertThat(err.toString())
                .contains("the flows are of several clusters (east, west)")
                .contains("1 of 4 flows name no cluster, the others east, west");
    }

    @Test
    void aTableShowsTheCluster() throws Exception {
        StringBuilder scan = new StringBuilder();
        for (int port = 1; port < 400; port++) {
            scan.append(FLOW.formatted(NOW_MS + port, NOW_MS + port, ",\"cluster\":\"east-1\"", "10.0.0.2")
                    .replace("\"port\":80", "\"port\":" + port)
                    .replace("FORWARDED", "DROPPED"));
        }
        analyze(Files.writeString(folder.resolve("scan.ndjson"), scan));
        assertThat(out.toString()).contains("CLUSTER").containsPattern("port-scan .* east-1 ");
    }

    @Test
    void everyMissingFileIsNamed() {
        assertThat(analyze(folder.resolve("a"), folder.resolve("b"), "--manifests", folder.resolve("c")))
                .isEqualTo(ExitCode.WRONG);
        assertThat(err.toString().lines())
                .containsExactly(
                        "weir: " + folder.resolve("a") + ": there is no such file",
                        "weir: " + folder.resolve("b") + ": there is no such file",
                        "weir: " + folder.resolve("c") + ": is not a directory with Kubernetes YAML");
    }

    private Path flows(String cluster, String destination) throws Exception {
        return Files.writeString(
                folder.resolve("flows.ndjson"),
                FLOW.formatted(NOW_MS, NOW_MS, cluster, destination)
                        + FLOW.formatted(NOW_MS + 60_000, NOW_MS + 60_000, cluster, destination));
    }

    private int analyze(Object... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "analyze";
        for (int i = 0; i < arguments.length; i++) {
            all[i + 1] = arguments[i].toString();
        }
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(all);
    }
}
