package dev.weir.analytics.detector.deniedburst;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import dev.weir.model.Verdict;
import org.junit.jupiter.api.Test;

class DeniedBurstTest {
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder to(long slice, String ip, int port) {
        return new ActivityBuilder(slice, workload("web"), address(ip), port);
    }

    @Test
    void manyDroppedConnectionsAreABurstUnlessUsual() {
        DetectorHarness<?> burst = new DetectorHarness<>(new DeniedBurst(CONFIG.of(DeniedBurst.TYPE)));
        assertThat(burst.run(0, dropped(0, 90))).isEmpty();
        assertThat(burst.run(10_000, dropped(10_000, 90))).singleElement().satisfies(finding -> assertThat(
                        finding.evidence().observed())
                .containsEntry("connections_dropped", 180.0));
        DetectorHarness<?> usual = new DetectorHarness<>(new DeniedBurst(CONFIG.of(DeniedBurst.TYPE)));
        for (long slice = 0; slice < 2 * HOUR; slice += 10_000) {
            assertThat(usual.run(slice, dropped(slice, 15))).isEmpty();
        }
        assertThat(usual.run(2 * HOUR, dropped(2 * HOUR, 120))).isEmpty();
    }

    private static Activity dropped(long slice, long connections) {
        return to(slice, "10.0.0.9", 80)
                .verdict(Verdict.DROPPED)
                .unanswered(connections)
                .build();
    }
}
