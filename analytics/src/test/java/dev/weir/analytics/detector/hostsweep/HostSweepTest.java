package dev.weir.analytics.detector.hostsweep;

import static dev.weir.analytics.Samples.activity;
import static dev.weir.analytics.Samples.address;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.time.Duration;
import java.util.List;
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

    @Test
    void sweepsForSeveralPortsAreOneAlert() {
        DetectorHarness<?> sweep = new DetectorHarness<>(new HostSweep(new HostSweepConfig(20, Duration.ofMinutes(5))));
        Activity[] both = IntStream.rangeClosed(1, 60)
                .mapToObj(i -> activity(0, "web", "10.1.0." + (1 + i / 2), 22 + i % 2, false))
                .toArray(Activity[]::new);
        assertThat(sweep.run(0, both)).singleElement().satisfies(finding -> {
            assertThat(finding.title()).endsWith("sweeps hosts for TCP/22 and 1 more");
            assertThat(finding.evidence().observed()).containsEntry("services", 2.0);
        });
    }

    @Test
    void pingsOutsideAreNoSweep() {
        assertThat(pings("203.0.113.")).isEmpty();
        assertThat(pings("224.0.0.")).isEmpty();
        assertThat(pings("10.9.0.")).singleElement().satisfies(finding -> {
            assertThat(finding.title()).endsWith("sweeps hosts for ICMP");
            assertThat(finding.techniques()).containsExactly("T1018");
        });
    }

    private static List<Finding> pings(String network) {
        Entity pod = new Entity("shop", "web", "Deployment", null, "10.0.0.5", null, null, null);
        return new DetectorHarness<>(new HostSweep(new HostSweepConfig(20, Duration.ofMinutes(5))))
                .run(
                        0,
                        IntStream.rangeClosed(1, 30)
                                .mapToObj(host -> new ActivityBuilder(0, pod, address(network + host), null)
                                        .protocol("ICMP")
                                        .unanswered(1)
                                        .build())
                                .toArray(Activity[]::new));
    }

    private static Activity[] hosts(long slice, int count, boolean answered) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(host -> activity(slice, "web", "10.1.0." + host, 22, answered))
                .toArray(Activity[]::new);
    }
}
