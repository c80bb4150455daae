package dev.weir.analytics.detector.hostsweep;

import static dev.weir.analytics.Samples.activity;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.model.Activity;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HostSweepTest {
    @Test
    void manyFailedHostsAreASweep() {
        DetectorHarness<?> sweep = new DetectorHarness<>(new HostSweep(new HostSweepConfig(20, Duration.ofMinutes(5))));
        assertThat(sweep.run(0, hosts(0, 19, false))).isEmpty();
        assertThat(sweep.run(10_000, hosts(10_000, 30, true))).isEmpty();
        assertThat(sweep.run(20_000, hosts(20_000, 25, false))).singleElement().satisfies(finding -> {
            assertThat(finding.evidence().observed()).containsEntry("hosts_failed", 25.0);
            assertThat(finding.destination().key()).isEqualTo("unnamed");
            assertThat(finding.ports()).containsExactly(22);
        });
    }

    private static Activity[] hosts(long slice, int count, boolean answered) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(host -> activity(slice, "web", "10.1.0." + host, 22, answered))
                .toArray(Activity[]::new);
    }
}
