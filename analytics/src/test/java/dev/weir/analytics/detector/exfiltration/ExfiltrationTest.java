package dev.weir.analytics.detector.exfiltration;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExfiltrationTest {
    private static final String OUTSIDE = "203.0.113.9";
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder to(long slice, String ip, int port) {
        return new ActivityBuilder(slice, workload("web"), address(ip), port);
    }

    @Test
    void muchMoreSentThanReceivedIsExfiltration() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        assertThat(sent.run(
                        0,
                        to(0, OUTSIDE, 443).answered(1).bytes(9_000_000, 1_000).build()))
                .isEmpty();
        assertThat(sent.run(
                        10_000,
                        to(10_000, OUTSIDE, 443)
                                .answered(1)
                                .bytes(3_000_000, 1_000)
                                .build()))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.category()).isEqualTo("exfiltration");
                    assertThat(finding.evidence().observed()).containsEntry("bytes_sent", 12_000_000.0);
                });
        assertThat(sent.run(
                        20_000,
                        to(20_000, "203.0.113.8", 443)
                                .answered(1)
                                .bytes(50_000_000, 40_000_000)
                                .build()))
                .as("as much comes back")
                .isEmpty();
        assertThat(sent.run(
                        30_000,
                        to(30_000, "10.0.0.8", 443)
                                .answered(1)
                                .bytes(50_000_000, 10)
                                .build()))
                .as("inside")
                .isEmpty();
        assertThat(sent.run(
                        40_000,
                        to(40_000, "203.0.113.7", 80)
                                .unanswered(1)
                                .bytes(50_000_000, 0)
                                .build()))
                .as("no connection was answered")
                .isEmpty();
    }

    @Test
    void dataInPingsCountsThoughAnswersRepeatIt() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        ActivityBuilder pings = new ActivityBuilder(0, workload("web"), address(OUTSIDE), null)
                .protocol("ICMP")
                .answered(1)
                .bytes(17_000_000, 17_000_000)
                .packets(12_000, 12_000);
        assertThat(sent.run(0, pings.build())).hasSize(1);
        assertThat(sent.run(
                        0,
                        to(0, "203.0.113.8", 443)
                                .answered(1)
                                .bytes(17_000_000, 17_000_000)
                                .build()))
                .isEmpty();
    }

    @Test
    void dripsAddUpOverADay() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (long slice = 0; slice < DAY; slice += 10 * MINUTE) {
            found.addAll(sent.run(
                    slice,
                    to(slice, OUTSIDE, 443).answered(1).bytes(500_000, 1_000).build()));
        }
        assertThat(found).first().satisfies(finding -> assertThat(finding.summary())
                .contains("within a day"));
    }

    @Test
    void nightlyBackupIsUsual() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        for (int day = 0; day < 7; day++) {
            List<Finding> found = new ArrayList<>();
            for (long slice = day * DAY; slice < day * DAY + HOUR; slice += MINUTE) {
                found.addAll(sent.run(
                        slice,
                        to(slice, OUTSIDE, 443)
                                .answered(1)
                                .bytes(100_000, 1_000)
                                .build()));
            }
            assertThat(found).isEmpty();
        }
    }

    @Test
    void usualVolumeCountsForANewAddress() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (long slice = 0; slice < 6 * HOUR; slice += MINUTE) {
            String address = slice < 5 * HOUR ? OUTSIDE : "203.0.113.99";
            List<Finding> now = sent.run(
                    slice,
                    to(slice, address, 443).answered(1).bytes(150_000, 1_000).build());
            found.addAll(slice < 5 * HOUR ? List.of() : now);
        }
        assertThat(found).isEmpty();
        assertThat(sent.run(
                        6 * HOUR,
                        to(6 * HOUR, "203.0.113.98", 443)
                                .answered(1)
                                .bytes(90_000_000, 1_000)
                                .build()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence().expected().get("bytes_sent_usual_elsewhere"))
                        .isPositive());
    }

    @Test
    void bulkToANewPeerInsideCountsOnceKnown() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        for (long slice = 0; slice < 2 * DAY; slice += HOUR) {
            assertThat(sent.run(
                            slice,
                            to(slice, "10.0.0.8", 9000)
                                    .answered(1)
                                    .bytes(200_000_000, 1_000)
                                    .build()))
                    .isEmpty();
        }
        assertThat(sent.run(
                        2 * DAY,
                        to(2 * DAY, "10.0.0.9", 9000)
                                .answered(1)
                                .bytes(150_000_000, 1_000)
                                .build()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.confidence()).isBetween(0.5, 0.75));
    }
}
