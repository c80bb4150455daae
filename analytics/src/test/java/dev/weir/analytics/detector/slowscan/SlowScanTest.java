package dev.weir.analytics.detector.slowscan;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowScanTest {
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder to(long slice, String ip, int port) {
        return new ActivityBuilder(slice, workload("web"), address(ip), port);
    }

    @Test
    void failedFirstContactsHoursApartAreAScan() {
        DetectorHarness<FirstContacts> scan = new DetectorHarness<>(new SlowScan(CONFIG.of(SlowScan.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long slice = i * 3 * HOUR;
            assertThat(scan.run(
                            slice, to(slice, "10.1.0." + i, 80).unanswered(1).build()))
                    .isEmpty();
            long later = slice + 20 * MINUTE;
            found.addAll(scan.run(later, to(later, "10.0.0.9", 443).answered(1).build()));
            if (i == 0) {
                assertThat(scan.state().score())
                        .as("an answer resets the score")
                        .isZero();
            }
        }
        assertThat(found).isEmpty();
        for (int i = 4; i < 6; i++) {
            long slice = i * 3 * HOUR;
            scan.run(slice, to(slice, "10.1.0." + i, 80).refused(1).build());
            found.addAll(scan.run(
                    slice + 20 * MINUTE, to(slice, "10.0.0.9", 443).answered(1).build()));
        }
        assertThat(found).first().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("discovery");
            assertThat(finding.firstSeenMs()).isEqualTo(3 * HOUR);
            assertThat(finding.summary()).contains("10.1.0.4").contains("256 times as likely");
        });
    }

    @Test
    void pingsOfHostsInsideThatAreNotThereAreAScan() {
        assertThat(pings("10.1.0.")).isNotEmpty();
        assertThat(pings("203.0.113.")).as("outside, where few answer").isEmpty();
        assertThat(pings("fd00:1060::")).as("neighbours of IPv6").isEmpty();
    }

    private static List<Finding> pings(String block) {
        DetectorHarness<FirstContacts> scan = new DetectorHarness<>(new SlowScan(CONFIG.of(SlowScan.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 1; i < 30; i++) {
            long slice = i * 20 * MINUTE;
            Activity ping = new ActivityBuilder(slice, workload("web"), address(block + i), null)
                    .protocol("ICMP")
                    .unanswered(1)
                    .build();
            found.addAll(scan.run(slice, ping));
        }
        return found;
    }

    @Test
    void retriesUntilAnAnswerAreNoScan() {
        DetectorHarness<FirstContacts> scan = new DetectorHarness<>(new SlowScan(CONFIG.of(SlowScan.TYPE)));
        for (int i = 0; i < 50; i++) {
            long slice = i * HOUR;
            assertThat(scan.run(
                            slice, to(slice, "10.1.0." + i, 80).unanswered(1).build()))
                    .isEmpty();
            long later = slice + 5 * MINUTE;
            assertThat(scan.run(later, to(later, "10.1.0." + i, 80).answered(1).build()))
                    .isEmpty();
            long muchLater = slice + 30 * MINUTE;
            assertThat(scan.run(
                            muchLater,
                            to(muchLater, "10.1.0." + i, 80).unanswered(1).build(),
                            to(muchLater, "10.2.0." + i, 123)
                                    .protocol("UDP")
                                    .unanswered(1)
                                    .build(),
                            to(muchLater, "239.1.0." + i, 9999)
                                    .protocol("UDP")
                                    .unanswered(1)
                                    .build()))
                    .as("known ones, time servers and groups")
                    .isEmpty();
        }
        assertThat(scan.state().score()).isZero();
    }

    @Test
    void stateOfAScannerIsBounded() {
        DetectorHarness<FirstContacts> scan = new DetectorHarness<>(new SlowScan(CONFIG.of(SlowScan.TYPE)));
        for (int i = 0; i < 6_000; i++) {
            scan.run(
                    0,
                    to(0, "10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256, 80)
                            .unanswered(1)
                            .build());
        }
        assertThat(scan.state().met()).hasSizeLessThanOrEqualTo(2_000);
        assertThat(scan.state().open()).hasSizeLessThanOrEqualTo(500);
    }
}
