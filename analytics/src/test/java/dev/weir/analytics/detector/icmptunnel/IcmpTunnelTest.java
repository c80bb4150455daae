package dev.weir.analytics.detector.icmptunnel;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import org.junit.jupiter.api.Test;

class IcmpTunnelTest {
    private final DetectorHarness<?> tunnel = new DetectorHarness<>(new IcmpTunnel(IcmpTunnel.TYPE.defaults()));

    private static Activity sent(long slice, String protocol, long bytes) {
        return new ActivityBuilder(slice, workload("web"), address("203.0.113.9"), null)
                .protocol(protocol)
                .answered(1)
                .bytes(bytes, bytes)
                .build();
    }

    @Test
    void largeMessagesAreATunnel() {
        assertThat(tunnel.run(0, sent(0, "ICMP", 60_000))).singleElement().satisfies(finding -> {
            assertThat(finding.detector()).isEqualTo("icmp-tunnel");
            assertThat(finding.severity()).isEqualTo(Severity.HIGH);
            assertThat(finding.techniques()).containsExactly("T1095");
            assertThat(finding.evidence().observed()).containsEntry("bytes_in_10s", 60_000.0);
        });
    }

    @Test
    void pingsAndOtherProtocolsAreNoTunnel() {
        assertThat(tunnel.run(0, sent(0, "ICMP", 980))).isEmpty();
        assertThat(tunnel.run(10_000, sent(10_000, "UDP", 60_000))).isEmpty();
    }
}
