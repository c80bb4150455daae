package dev.weir.ingest.collector.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Flow;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads lines in several encodings and wrappings. */
class EncodingTest {
    private static final String ZEEK = "{\"ts\":1,\"id.orig_h\":\"10.0.1.5\",\"id.orig_p\":44321,"
            + "\"id.resp_h\":\"10.0.2.9\",\"id.resp_p\":5432,\"proto\":\"tcp\"}";
    private static final String FLAT = "{\"time\":\"2026-03-01T10:00:00Z\",\"verdict\":\"FORWARDED\","
            + "\"IP\":{\"source\":\"10.0.1.5\",\"destination\":\"10.0.2.9\"},"
            + "\"l4\":{\"TCP\":{\"source_port\":44321,\"destination_port\":5432}},"
            + "\"source\":{\"labels\":[\"k8s:app=web\"],\"pod_name\":\"web-1\"},\"Summary\":\"TCP Flags: SYN\"}";

    private final List<String> problems = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                ZEEK,
                FLAT,
                "2 unknown eni-1 10.0.1.5 10.0.2.9 44321 5432 6 1 1 1700000000 1700000055 ACCEPT OK",
                "2 123456789012 - 10.0.1.5 10.0.2.9 44321 5432 6 1 1 1700000000 1700000055 ACCEPT OK",
                "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n"
                        + "1\t10.0.1.5\t44321\t10.0.2.9\t5432\ttcp"
            })
    void byteOrderMarkIsSkipped(String text) {
        assertThat(read(null, "\ufeff" + text, StandardCharsets.UTF_8))
                .singleElement()
                .satisfies(flow -> assertThat(flow.destination().port()).isEqualTo(5432));
        assertThat(problems).isEmpty();
    }

    @Test
    void utf16IsRefusedWithTheReason() {
        assertThat(read(null, "\ufeff" + ZEEK, StandardCharsets.UTF_16LE)).isEmpty();
        assertThat(problems).singleElement().asString().contains("UTF-16 must be converted first", "weir collect pcap");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"timestamp\":\"2026-03-01T10:00:00Z\",\"event_type\":\"flow\",\"src_ip\":\"10.0.1.5\"}",
                "{\"IP\":{\"a\":1},\"msg\":\"x\"}",
                "{\"Summary\":\"all went well\"}"
            })
    void linesOfOtherProgramsAreNotTakenForHubble(String line) {
        assertThat(read(null, line, StandardCharsets.UTF_8)).isEmpty();
        assertThat(problems).singleElement().asString().contains("is in none of the known formats");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hubble"})
    void flowOfHubbleNeedsNoWrapper(String format) {
        assertThat(read(format.isEmpty() ? null : format, FLAT, StandardCharsets.UTF_8))
                .singleElement()
                .satisfies(flow -> {
                    assertThat(flow.collector()).isEqualTo("hubble");
                    assertThat(flow.source().pod()).isEqualTo("web-1");
                });
        assertThat(problems).isEmpty();
    }

    @Test
    void lineWithoutHubbleFlowIsReported() {
        assertThat(read("hubble", ZEEK, StandardCharsets.UTF_8)).isEmpty();
        assertThat(problems).singleElement().asString().startsWith("a:1: flow: is missing");
    }

    private List<Flow> read(@Nullable String format, String text, Charset charset) {
        List<Flow> flows = new ArrayList<>();
        FlowLines lines = new FlowLines("a", format, problem -> problems.add(problem.message()), word -> {});
        for (String line : text.lines().toList()) {
            Flow flow = lines.flow(new LineSource.Line(line.getBytes(charset), 0));
            if (flow != null) {
                flows.add(flow);
            }
        }
        return flows;
    }
}
