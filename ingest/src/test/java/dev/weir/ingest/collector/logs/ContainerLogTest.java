package dev.weir.ingest.collector.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weir.model.Flow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads lines of every format inside the text that a container's runtime adds. */
class ContainerLogTest {
    private static final String CRI = "2026-03-01T10:00:00.123456789Z stdout ";

    private final List<String> problems = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();

    static Stream<String> lines() {
        return Stream.of(
                "{\"start_ms\":1,\"protocol\":\"TCP\",\"source\":{\"ip\":\"10.0.1.5\"},\"destination\":{\"ip\":\"10.0.2.9\"}}",
                "{\"flow\":{\"time\":\"2026-03-01T10:00:00Z\",\"IP\":{\"source\":\"10.0.1.5\",\"destination\":\"10.0.2.9\"},"
                        + "\"l4\":{\"TCP\":{\"destination_port\":80}}}}",
                "{\"SrcAddr\":\"10.0.1.5\",\"DstAddr\":\"10.0.2.9\",\"Proto\":6,\"TimeFlowStartMs\":1}",
                "{\"start_time\":1,\"source_ip\":\"10.0.1.5\",\"source_type\":\"net\",\"dest_ip\":\"10.0.2.9\","
                        + "\"dest_type\":\"net\",\"proto\":\"tcp\"}",
                "{\"ts\":1,\"id.orig_h\":\"10.0.1.5\",\"id.resp_h\":\"10.0.2.9\",\"proto\":\"tcp\"}",
                "#separator \\x09\n#fields\tts\tid.orig_h\tid.resp_h\tproto\n1\t10.0.1.5\t10.0.2.9\ttcp",
                "2 unknown eni-1 10.0.1.5 10.0.2.9 44321 5432 6 1 1 1700000000 1700000055 ACCEPT OK",
                "{\"start_time\":\"2026-05-01T10:00:00Z\",\"downstream_remote_address\":\"10.0.1.5:44321\","
                        + "\"downstream_local_address\":\"10.0.2.9:5432\"}",
                "2026-05-01T10:00:00.1Z\tinfo\taccess\tconnection complete\tsrc.addr=10.0.1.5:44321 dst.addr=10.0.2.9:80"
                        + " duration=\"1ms\"");
    }

    @ParameterizedTest
    @MethodSource("lines")
    void lineInCriTextIsRead(String text) {
        assertThat(read(text.lines().map(line -> CRI + "F " + line).toList())).isEqualTo(read(text));
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void lineInPartsOfCriTextIsRead(String text) {
        List<String> parts = text.lines()
                .flatMap(line -> Stream.of(
                        CRI + "P " + line.substring(0, 9),
                        CRI.replace("stdout", "stderr") + "F ",
                        CRI + "F " + line.substring(9)))
                .toList();
        assertThat(read(parts)).hasSize(1).isEqualTo(read(text));
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void lineInDockersJsonIsRead(String text) {
        assertThat(read(text.lines().map(line -> docker(line + "\n")).toList()))
                .hasSize(1)
                .isEqualTo(read(text));
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void lineAfterOtherKeysIsRead(String text) {
        String before = "{\"attrs\":{\"io.kubernetes.pod.name\":\"" + "x".repeat(300) + "\"},";
        assertThat(read(text.lines()
                        .map(line -> before + docker(line + "\n").substring(1))
                        .toList()))
                .hasSize(1)
                .isEqualTo(read(text));
        assertThat(problems).isEmpty();
    }

    @Test
    void longLineInDockersPartsIsRead() {
        String line = "{\"start_ms\":1,\"protocol\":\"TCP\",\"source\":{\"ip\":\"10.0.1.5\"},"
                + "\"destination\":{\"ip\":\"10.0.2.9\"},\"note\":\"" + "x".repeat(20_000) + "\"}";
        assertThat(read(List.of(docker(line.substring(0, 16_384)), docker(line.substring(16_384) + "\n"))))
                .hasSize(1);
    }

    @Test
    void partsWithoutEndAreBounded() {
        List<String> parts = new ArrayList<>();
        String part = CRI + "P " + "x".repeat(200_000);
        for (int i = 0; i < 12; i++) {
            parts.add(part);
        }
        parts.add(CRI + "F x");
        assertThat(read(parts)).isEmpty();
        assertThat(problems).singleElement().asString().contains("is longer than");
    }

    @Test
    void linesOfIstiosProcessLogAreSkipped() {
        String access = "{\"start_time\":\"2026-05-01T10:00:00Z\",\"downstream_remote_address\":\"10.0.1.5:44321\","
                + "\"downstream_local_address\":\"10.0.2.9:5432\"}";
        assertThat(read(List.of(
                        "2026-05-01T10:00:00.000001Z\tinfo\tFLAG: --concurrency=\"0\"",
                        "{\"level\":\"info\",\"time\":\"2026-05-01T10:00:00Z\",\"scope\":\"xdsproxy\",\"msg\":\"connected\"}",
                        access,
                        "2026-05-01T10:00:01.000001Z\twarning\tenvoy config\tclosed",
                        "{\"level\":\"warn\",\"time\":\"2026-05-01T10:00:00Z\",\"scope\":\"envoy config\",\"msg\":\"x\"}",
                        access)))
                .hasSize(2);
        assertThat(problems).isEmpty();
        assertThat(skipped).containsExactly("unknown", "unknown", "envoy", "envoy");
    }

    private static String docker(String text) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("log", text)
                .put("stream", "stdout")
                .put("time", "2026-03-01T10:00:00.1Z")
                .toString();
    }

    private List<Flow> read(String text) {
        return read(text.lines().toList());
    }

    private List<Flow> read(List<String> all) {
        List<Flow> flows = new ArrayList<>();
        FlowLines lines = new FlowLines("a", null, problem -> problems.add(problem.message()), skipped::add);
        for (String line : all) {
            Flow flow = lines.flow(new LineSource.Line(line.getBytes(StandardCharsets.UTF_8), 0));
            if (flow != null) {
                flows.add(flow);
            }
        }
        return flows;
    }
}
