package dev.weir.analytics.detector.portscan;

import static dev.weir.analytics.Samples.activity;
import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.Samples;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.model.Activity;
import dev.weir.model.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortScanTest {
    @Test
    void manyFailedPortsAreAScanInAnyNumberOfSlices() {
        DetectorHarness<?> scan =
                new DetectorHarness<>(new PortScan(new PortScanConfig(15, Duration.ofMinutes(5), null, null)));
        assertThat(scan.run(0, ports(0, 1, 14, false))).isEmpty();
        List<Finding> found = scan.run(60_000, ports(60_000, 15, 20, false));
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.ports()).hasSize(20);
            assertThat(finding.techniques()).containsExactly("T1046");
            assertThat(finding.firstSeenMs()).isLessThan(10_000);
            assertThat(finding.evidence().observed()).containsEntry("ports_failed", 20.0);
        });
    }

    @Test
    void oldAndAnsweredPortsAreNoScan() {
        DetectorHarness<?> scan =
                new DetectorHarness<>(new PortScan(new PortScanConfig(15, Duration.ofMinutes(5), null, null)));
        assertThat(scan.run(0, ports(0, 1, 14, false))).isEmpty();
        assertThat(scan.run(600_000, ports(600_000, 15, 18, false))).isEmpty();
        assertThat(scan.run(1_200_000, ports(1_200_000, 1, 500, true))).isEmpty();
    }

    @Test
    void portsOpenedWithoutDataCountAsTried() {
        DetectorHarness<?> scan = new DetectorHarness<>(new PortScan(new PortScanConfig(null, null, null, null)));
        assertThat(scan.run(0, ports(0, 1, 6, false))).isEmpty();
        assertThat(scan.run(10_000, opened(10_000, 80, 5L))).as("an exchange").isEmpty();
        assertThat(scan.run(20_000, opened(20_000, 443, 1L))).singleElement().satisfies(finding -> {
            assertThat(finding.evidence().observed()).containsEntry("ports_failed", 7.0);
            assertThat(finding.ports()).contains(443).doesNotContain(80);
        });
    }

    private static Activity opened(long slice, int port, long packets) {
        Flow flow = Samples.flow(slice, Samples.WEB, Samples.DB, port);
        return new ActivityBuilder(slice, Samples.workload("web"), Samples.address(Samples.DB), port)
                .answered(1)
                .flows(flow.toBuilder()
                        .source(flow.source().withCounters(40 * packets, packets, null))
                        .destination(flow.destination().withCounters(44 * packets, packets, null))
                        .build())
                .build();
    }

    @Test
    void slowScanIsFoundWithinADay() {
        DetectorHarness<?> scan = new DetectorHarness<>(new PortScan(new PortScanConfig(null, null, null, null)));
        List<Finding> found = new ArrayList<>();
        for (int port = 1; port <= 24; port++) {
            long slice = port * 30 * MINUTE;
            found.addAll(scan.run(slice, ports(slice, port, port, false)));
        }
        assertThat(found).hasSize(5).first().satisfies(finding -> {
            assertThat(finding.summary()).contains("20 ports", "within 1440 minutes; 20 make a scan");
            assertThat(finding.firstSeenMs()).isLessThan(31 * MINUTE);
        });
        long later = 3 * DAY;
        assertThat(scan.run(later, ports(later, 25, 25, false))).as("forgotten").isEmpty();
    }

    @Test
    void scansOfSeveralDestinationsAreOneAlert() {
        DetectorHarness<?> scan =
                new DetectorHarness<>(new PortScan(new PortScanConfig(15, Duration.ofMinutes(5), null, null)));
        List<Finding> found = new ArrayList<>();
        for (int host = 1; host <= 40; host++) {
            String destination = "10.1.0." + host;
            found.addAll(scan.run(
                    host * 10_000L,
                    IntStream.rangeClosed(1, 20)
                            .mapToObj(port -> activity(0, "web", destination, port, false))
                            .toArray(Activity[]::new)));
        }
        assertThat(found)
                .hasSize(40)
                .extracting(Finding::fingerprint)
                .containsOnly(found.get(0).fingerprint());
        assertThat(found.get(0).title()).endsWith("scans the ports of 10.1.0.1");
        assertThat(found.get(9).title()).endsWith("scans the ports of 10 destinations");
    }

    private static Activity[] ports(long slice, int from, int to, boolean answered) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(port -> activity(slice, "web", Samples.DB, port, answered))
                .toArray(Activity[]::new);
    }
}
