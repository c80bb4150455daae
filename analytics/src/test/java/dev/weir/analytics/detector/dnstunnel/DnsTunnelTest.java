package dev.weir.analytics.detector.dnstunnel;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Distinct;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DnsTunnelTest {
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder to(long slice, String ip, int port) {
        return new ActivityBuilder(slice, workload("web"), address(ip), port);
    }

    private static byte[] sketch(int many, String prefix) {
        Distinct distinct = new Distinct();
        IntStream.range(0, many).forEach(i -> distinct.add(prefix + i));
        return distinct.bytes();
    }

    @Test
    void manyLongNamesUnderOneDomainAreATunnel() {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long slice = i * 10_000L;
            found.addAll(
                    tunnel.run(slice, dns(slice, new DnsQueries("evil.example", 6, 0, 0, 240, sketch(6, i + ".")))));
        }
        assertThat(found).first().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("command-and-control");
            assertThat(finding.evidence().observed().get("names")).isBetween(44.0, 56.0);
            assertThat(finding.firstSeenMs()).isZero();
        });
    }

    @Test
    void slowQuestionsOfVeryLongNamesAreATunnel() {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 55; i++) {
            long slice = i * MINUTE;
            found.addAll(
                    tunnel.run(slice, dns(slice, new DnsQueries("evil.example", 1, 0, 0, 40, sketch(1, i + ".")))));
            assertThat(tunnel.run(slice, dns(slice, new DnsQueries("cdn.example", 1, 0, 0, 25, sketch(1, i + "c")))))
                    .isEmpty();
        }
        assertThat(found).isNotEmpty().first().satisfies(finding -> {
            assertThat(finding.summary()).contains("within 60 minutes, of 40 characters");
            assertThat(finding.lastSeenMs()).isGreaterThan(40 * MINUTE);
        });
    }

    @Test
    void fewerNamesThatCarryAsMuchAreATunnel() {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            long slice = i * MINUTE;
            found.addAll(
                    tunnel.run(slice, dns(slice, new DnsQueries("evil.example", 1, 0, 0, 60, sketch(1, i + ".")))));
        }
        assertThat(found).isNotEmpty().first().satisfies(finding -> assertThat(
                        finding.evidence().expected())
                .containsEntry("names_below", 30.0));
    }

    @Test
    void shortNamesWithLargeAnswersAreATunnel() {
        assertThat(answered(450, 0)).isNotEmpty().first().satisfies(finding -> assertThat(finding.title())
                .isEqualTo("shop/web seems to tunnel through DNS under evil.example"));
        assertThat(answered(180, 0)).as("answers of usual size").isEmpty();
        assertThat(answered(450, 3)).as("a resolver with signatures").isEmpty();
    }

    private static List<Finding> answered(long bytes, int others) {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            long slice = i * 10_000L;
            List<DnsQueries> asked = new ArrayList<>();
            asked.add(new DnsQueries("evil.example", 4, 0, 0, 16, sketch(4, i + ".")));
            for (int other = 0; other < others; other++) {
                asked.add(new DnsQueries("other" + other + ".example", 4, 0, 0, 16, sketch(1, "www")));
            }
            found.addAll(tunnel.run(
                    slice,
                    to(slice, "10.0.0.53", 53)
                            .protocol("UDP")
                            .answered(4)
                            .bytes(4 * 70, 4 * bytes)
                            .packets(4, 4)
                            .dns(asked.toArray(DnsQueries[]::new))
                            .build()));
        }
        return found;
    }

    @Test
    void largeAnswersFromOutsideWithoutNamesAreATunnel() {
        assertThat(fromResolver("203.0.113.53", 480)).isNotEmpty().first().satisfies(finding -> assertThat(
                        finding.title())
                .isEqualTo("shop/web gets large DNS answers from 203.0.113.53"));
        assertThat(fromResolver("203.0.113.53", 180)).isEmpty();
        assertThat(fromResolver("10.0.0.53", 480))
                .as("inside, where a Service may have many addresses")
                .isEmpty();
    }

    private static List<Finding> fromResolver(String ip, long bytes) {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (long slice = 0; slice < HOUR; slice += 10_000) {
            found.addAll(tunnel.run(
                    slice,
                    to(slice, ip, 53)
                            .protocol("UDP")
                            .answered(4)
                            .bytes(4 * 70, 4 * bytes)
                            .packets(4, 4)
                            .build()));
        }
        return found;
    }

    @Test
    void shortAndUsualNamesAreNoTunnel() {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        assertThat(tunnel.run(0, dns(0, new DnsQueries("cdn.example", 300, 0, 0, 2_000, sketch(300, "")))))
                .isEmpty();
        DetectorHarness<?> blockList = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        List<Finding> late = new ArrayList<>();
        for (long slice = 0; slice < 10 * HOUR; slice += 60_000) {
            List<Finding> found = blockList.run(
                    slice, dns(slice, new DnsQueries("list.example", 4, 0, 0, 100, sketch(4, slice + "."))));
            if (slice > HOUR) {
                late.addAll(found);
            }
        }
        assertThat(late).isEmpty();
    }

    @Test
    void largeQuestionsWithoutNamesAreATunnel() {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        assertThat(tunnel.run(0, question(0, 500, 70))).isEmpty();
        assertThat(tunnel.run(10_000, question(10_000, 500, 180))).hasSize(1);
    }

    @Test
    void largeQuestionsBesideAFewNamesAreATunnel() {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        DnsQueries few = new DnsQueries("relay.example", 40, 0, 0, 400, sketch(40, ""));
        DnsQueries most = new DnsQueries("relay.example", 400, 0, 0, 4_000, sketch(40, ""));
        assertThat(tunnel.run(0, question(0, 500, 180, most)))
                .as("the names are seen, and ordinary")
                .isEmpty();
        assertThat(tunnel.run(10_000, question(10_000, 500, 180, few))).hasSize(1);
    }

    private static Activity question(long slice, long packets, long each, DnsQueries... seen) {
        return to(slice, "10.0.0.10", 53)
                .dns(seen)
                .protocol("UDP")
                .answered(10)
                .packets(packets, packets)
                .bytes(packets * each, packets * each)
                .build();
    }

    private static Activity dns(long slice, DnsQueries... queries) {
        return to(slice, "10.0.0.10", 53)
                .protocol("UDP")
                .answered(1)
                .dns(queries)
                .build();
    }
}
