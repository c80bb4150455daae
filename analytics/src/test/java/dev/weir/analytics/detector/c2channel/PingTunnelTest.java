package dev.weir.analytics.detector.c2channel;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.model.Activity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PingTunnelTest {
    private static ActivityBuilder pings(long slice, long asked, long answered, long sizeAsked, long sizeAnswered) {
        return new ActivityBuilder(slice, workload("web"), address("198.51.100.7"), null)
                .protocol("ICMP")
                .answered(1)
                .bytes(asked * sizeAsked, answered * sizeAnswered)
                .packets(asked, answered);
    }

    private static List<Finding> run(ActivityBuilder... slices) {
        DetectorHarness<Echoes> harness = new DetectorHarness<>(new PingTunnel());
        List<Finding> found = new ArrayList<>();
        for (ActivityBuilder each : slices) {
            Activity activity = each.build();
            found.addAll(harness.run(activity.sliceMs(), activity));
        }
        return found;
    }

    @Test
    void pingsWhoseAnswersAreNoRepetitionAreATunnel() {
        assertThat(run(pings(0, 20, 20, 60, 900), pings(10_000, 20, 20, 60, 900)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.detector()).isEqualTo("c2-channel");
                    assertThat(finding.category()).isEqualTo("command-and-control");
                    assertThat(finding.techniques()).containsExactly("T1095");
                    assertThat(finding.title()).isEqualTo("shop/web exchanges data with 198.51.100.7 in pings");
                    assertThat(finding.summary()).contains("40 pings of 60 bytes", "40 answers of 900 bytes");
                    assertThat(finding.confidence()).isEqualTo(0.9);
                });
        assertThat(run(pings(0, 40, 80, 84, 84)))
                .as("each ping has a second answer")
                .hasSize(1);
        assertThat(run(pings(0, 1_130, 1_177, 1_032, 990)))
                .as("more answers than pings")
                .hasSize(1);
    }

    @Test
    void pingsThatAreRepeatedAreNoTunnel() {
        assertThat(run(pings(0, 600, 600, 84, 84))).isEmpty();
        assertThat(run(pings(0, 600, 590, 1_400, 1_400))).as("a few are lost").isEmpty();
        assertThat(run(pings(0, 50, 30, 400, 84)))
                .as("the large ones of them are lost")
                .isEmpty();
        assertThat(run(pings(0, 40, 40, 84, 84), pings(10_000, 4, 2, 1_500, 1_500)))
                .as("two of the largest are lost")
                .isEmpty();
        assertThat(run(pings(0, 10, 10, 60, 900))).as("few").isEmpty();
        assertThat(run(pings(0, 20, 20, 60, 900), pings(1_200_000, 20, 20, 60, 900)))
                .as("twenty minutes apart")
                .isEmpty();
    }

    @Test
    void pingsThatWereNotAllSeenSayNothing() {
        assertThat(run(pings(0, 40, 40, 60, 900).sampling(10))).isEmpty();
        assertThat(run(pings(0, 40, 40, 60, 900).lost(5))).isEmpty();
        assertThat(run(new ActivityBuilder(0, address("fd00:1060::7"), address("fd00:1060::9"), null)
                        .protocol("ICMP")
                        .answered(1)
                        .bytes(40 * 72, 40 * 64)
                        .packets(40, 40)))
                .as("neighbour discovery of IPv6")
                .isEmpty();
        assertThat(run(new ActivityBuilder(0, address("198.51.100.7"), workload("web"), null)
                        .protocol("ICMP")
                        .answered(1)
                        .bytes(2_400, 36_000)
                        .packets(40, 40)))
                .as("from outside")
                .isEmpty();
    }
}
