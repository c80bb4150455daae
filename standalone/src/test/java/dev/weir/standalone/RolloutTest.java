package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.codec.Json;
import dev.weir.standalone.command.Weir;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * A rollout, or the next run of a CronJob, is the same workload in every source that names pods without their outermost
 * owner: its baseline goes on, so its first new connection afterwards is reported.
 */
class RolloutTest {
    private static final long BEGIN_S = 1_772_359_200L;
    private static final int STEP_S = 300;
    private static final int END_S = 60 * 3_600;
    private static final int ROLLOUT_S = 48 * 3_600;
    private static final int ATTACK_S = 51 * 3_600;

    private static final String CALICO = """
            {"start_time":SECONDS,"end_time":SECONDS,"source_type":"wep","source_namespace":"shop","source_name":"-",\
            "source_name_aggr":"APP-HASH-*","dest_type":"wep","dest_namespace":"NAMESPACE","dest_name":"-",\
            "dest_name_aggr":"SERVER-*","dest_port":PORT,"proto":"tcp","action":"allow","reporter":"dst",\
            "packets_in":3,"packets_out":3}""";
    private static final String HUBBLE = """
            {"flow":{"time":"TIME","verdict":"FORWARDED","is_reply":false,"traffic_direction":"INGRESS",\
            "IP":{"source":"10.0.1.5","destination":"10.0.2.9"},\
            "l4":{"TCP":{"source_port":40000,"destination_port":PORT}},\
            "source":{"namespace":"shop","pod_name":"APP-HASH-x2x9z"},\
            "destination":{"namespace":"NAMESPACE","pod_name":"SERVER-0",\
            "workloads":[{"name":"SERVER","kind":"StatefulSet"}]}}}""";
    private static final String NETOBSERV = """
            {"TimeFlowStartMs":SECONDS000,"TimeFlowEndMs":SECONDS000,"SrcAddr":"10.0.1.5","DstAddr":"10.0.2.9",\
            "SrcPort":40000,"DstPort":PORT,"Proto":6,"Bytes_AB":500,"Packets_AB":5,"Bytes_BA":400,"Packets_BA":4,\
            "SrcK8S_Type":"Pod","SrcK8S_Namespace":"shop","SrcK8S_Name":"APP-HASH-x2x9z",\
            "SrcK8S_OwnerName":"APP-HASH","SrcK8S_OwnerType":"KIND","DstK8S_Type":"Pod",\
            "DstK8S_Namespace":"NAMESPACE","DstK8S_Name":"SERVER-0","DstK8S_OwnerName":"SERVER",\
            "DstK8S_OwnerType":"StatefulSet"}""";
    private static final String WEIR = """
            {"start_ms":SECONDS000,"protocol":"TCP","verdict":"FORWARDED","is_reply":false,"source":{"ip":"10.0.1.5",\
            "port":40000,"namespace":"shop","pod":"APP-HASH-x2x9z"},"destination":{"ip":"10.0.2.9","port":PORT,\
            "namespace":"NAMESPACE","pod":"SERVER-0","workload":"SERVER","workload_kind":"StatefulSet"}}""";

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "CALICO, Deployment",
        "CALICO_LABELS, Deployment",
        "CALICO_NAMES, Deployment",
        "CALICO, CronJob",
        "HUBBLE, Deployment",
        "HUBBLE_JOBS, CronJob",
        "NETOBSERV, Deployment",
        "NETOBSERV, CronJob",
        "WEIR, Deployment",
        "WEIR, CronJob"
    })
    void aFirstEdgeAfterARolloutIsReported(String source, String kind) throws IOException {
        String line = line(source).replace("KIND", kind.equals("CronJob") ? "Job" : "ReplicaSet");
        StringBuilder lines = new StringBuilder();
        for (int second = 0; second < END_S; second += STEP_S) {
            add(lines, line, kind, second, "web", "data", "db", 5432);
            add(lines, line, kind, second, "shopapi", "payments", "vault", 8443);
            if (second >= ATTACK_S) {
                add(lines, line, kind, second + 1, "web", "payments", "vault", 8443);
            }
        }
        Path file = Files.writeString(folder.resolve("flows.json"), lines);
        assertThat(alerts(file))
                .filteredOn(alert -> alert.path("detector").asText().equals("new-edge"))
                .anySatisfy(alert -> {
                    assertThat(alert.at("/source/workload").asText()).isEqualTo("web");
                    assertThat(alert.at("/source/workload_kind").asText()).isEqualTo(kind);
                    assertThat(alert.toString()).contains("vault");
                });
    }

    private static String line(String source) {
        return switch (source) {
            case "CALICO" -> CALICO;
            case "CALICO_LABELS" ->
                CALICO.replace(
                        "\"dest_type\"", "\"source_labels\":{\"labels\":[\"pod-template-hash=HASH\"]},\"dest_type\"");
            case "CALICO_NAMES" -> CALICO.replace("\"source_name\":\"-\"", "\"source_name\":\"APP-HASH-x2x9z\"");
            case "HUBBLE" -> HUBBLE;
            case "HUBBLE_JOBS" ->
                HUBBLE.replace("x2x9z\"", "x2x9z\",\"workloads\":[{\"name\":\"APP-HASH\",\"kind\":\"KIND\"}]");
            case "NETOBSERV" -> NETOBSERV;
            default -> WEIR;
        };
    }

    private static void add(
            StringBuilder lines,
            String line,
            String kind,
            int second,
            String app,
            String space,
            String server,
            int port) {
        long at = BEGIN_S + second;
        String hash = kind.equals("CronJob")
                ? Long.toString(at / 60)
                : second >= ROLLOUT_S && app.equals("web") ? "7f9c5d6b8" : "6d4b75cb6d";
        lines.append(line.replace("SECONDS", Long.toString(at))
                        .replace("TIME", Instant.ofEpochSecond(at).toString())
                        .replace("HASH", hash)
                        .replace("APP", app)
                        .replace("NAMESPACE", space)
                        .replace("SERVER", server)
                        .replace("PORT", Integer.toString(port)))
                .append('\n');
    }

    private static List<JsonNode> alerts(Path file) throws IOException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute("analyze", file.toString(), "--learn", "24h", "-o", "json"))
                .as(err.toString())
                .isZero();
        List<JsonNode> alerts = new ArrayList<>();
        for (String alert : out.toString().lines().toList()) {
            alerts.add(Json.MAPPER.readTree(alert));
        }
        return alerts;
    }
}
