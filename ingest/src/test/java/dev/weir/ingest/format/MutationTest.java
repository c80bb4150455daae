package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.InvalidRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reads more than a million broken lines, over all formats: each is a flow, nothing, or an error that names a field.
 */
class MutationTest {
    private static final int LINES = 150_000;
    private static final String PIECES = "\"{}[]:,.-0123456789eE \\\tnulltrue";
    private static final String HEADER =
            "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\thistory\n";

    private static final Map<String, String> GOOD = Map.ofEntries(
            Map.entry(
                    "weir",
                    "{\"start_ms\":1,\"source\":{\"ip\":\"10.0.0.1\",\"port\":1},\"destination\":{\"ip\":\"::1\"},\"protocol\":\"TCP\"}"),
            Map.entry(
                    "hubble",
                    "{\"flow\":{\"time\":\"2026-03-26T02:35:29.1Z\",\"verdict\":\"DROPPED\",\"IP\":{\"source\":\"10.0.0.1\",\"destination\":\"10.0.0.2\"},"
                            + "\"l4\":{\"TCP\":{\"source_port\":4,\"destination_port\":5,\"flags\":{\"SYN\":true}}},\"source\":{\"labels\":[\"k8s:a=b\"]}}}"),
            Map.entry(
                    "netobserv",
                    "{\"SrcAddr\":\"10.0.0.1\",\"DstAddr\":\"10.0.0.2\",\"Proto\":6,\"TimeFlowStartMs\":1,\"Flags\":2,\"Bytes\":9,\"SrcPort\":4}"),
            Map.entry(
                    "calico",
                    "{\"start_time\":1597086517,\"source_ip\":\"10.0.0.1\",\"dest_ip\":\"10.0.0.2\",\"proto\":\"tcp\",\"source_type\":\"wep\",\"dest_type\":\"wep\","
                            + "\"source_name_aggr\":\"a-*\",\"reporter\":\"src\",\"bytes_in\":4,\"action\":\"deny\"}"),
            Map.entry("zeek", "1258531221.486539\t192.168.1.102\t1068\t192.168.1.1\t53\ttcp\tShADadFf"),
            Map.entry(
                    "aws-vpc",
                    "2 123456789010 eni-1 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK"),
            Map.entry(
                    "envoy",
                    "{\"start_time\":\"2026-05-01T10:00:00.250Z\",\"duration\":12,\"downstream_remote_address\":\"10.0.0.1:40000\","
                            + "\"upstream_host\":\"10.0.0.2:8080\",\"upstream_cluster\":\"outbound|80||db.shop.svc\",\"response_code\":200}"),
            Map.entry(
                    "ztunnel",
                    "{\"time\":\"2026-05-01T10:00:00.250Z\",\"src.addr\":\"10.0.0.1:40000\",\"dst.addr\":\"10.0.0.2:8080\","
                            + "\"direction\":\"inbound\",\"bytes_recv\":\"9\",\"duration\":\"12ms\",\"message\":\"connection complete\"}"));

    private static Stream<String> formats() {
        return LineFormats.all().stream().map(LineFormat::id);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void mutatedLinesThrowNothingElse(String word) {
        Random random = new Random(5);
        LineFormat.Reader reader = LineFormats.named(word).reader();
        if (word.equals("zeek")) {
            HEADER.lines().forEach(line -> reader.read(line.getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(GOOD).as("a line of each format of the registry").containsKey(word);
        byte[] good = GOOD.get(word).getBytes(StandardCharsets.UTF_8);
        assertThat(reader.read(good)).isNotNull();
        int flows = 0;
        int refused = 0;
        for (int i = 0; i < LINES; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j <= i % 3; j++) {
                bad[random.nextInt(bad.length)] = random.nextInt(4) == 0
                        ? (byte) random.nextInt(256)
                        : (byte) PIECES.charAt(random.nextInt(PIECES.length()));
            }
            try {
                flows += reader.read(bad) == null ? 0 : 1;
            } catch (InvalidRecordException e) {
                assertThat(e.field()).isNotNull();
                refused++;
            }
        }
        assertThat(flows).isPositive();
        assertThat(refused).isGreaterThan(LINES / 10);
        reader.read(good);
    }
}
