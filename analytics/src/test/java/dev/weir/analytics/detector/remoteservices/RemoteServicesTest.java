package dev.weir.analytics.detector.remoteservices;

import static dev.weir.analytics.Samples.activity;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.detector.DetectorHarness;
import org.junit.jupiter.api.Test;

class RemoteServicesTest {
    @Test
    void threeRemoteServicesOfOneMachineAreFound() {
        DetectorHarness<?> remote =
                new DetectorHarness<>(new RemoteServices(new RemoteServicesConfig(null, null, null)));
        assertThat(remote.run(0, activity(0, "web", "10.0.0.9", 445, true))).isEmpty();
        assertThat(remote.run(10_000, activity(10_000, "web", "10.0.0.9", 139, true)))
                .as("SMB again")
                .isEmpty();
        assertThat(remote.run(20_000, activity(20_000, "web", "10.0.0.9", 135, true)))
                .isEmpty();
        assertThat(remote.run(30_000, activity(30_000, "web", "10.0.0.8", 22, true)))
                .as("another machine")
                .isEmpty();
        assertThat(remote.run(40_000, activity(40_000, "web", "10.0.0.9", 5985, false)))
                .as("without an answer")
                .isEmpty();
        assertThat(remote.run(50_000, activity(50_000, "web", "10.0.0.9", 5985, true)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.category()).isEqualTo("lateral-movement");
                    assertThat(finding.summary()).contains("RPC, SMB, WinRM");
                    assertThat(finding.firstSeenMs()).as("the last use of SMB").isBetween(10_000L, 20_000L);
                });
        DetectorHarness<?> slow = new DetectorHarness<>(new RemoteServices(new RemoteServicesConfig(null, null, null)));
        assertThat(slow.run(0, activity(0, "web", "10.0.0.9", 445, true))).isEmpty();
        assertThat(slow.run(HOUR, activity(HOUR, "web", "10.0.0.9", 135, true))).isEmpty();
        assertThat(slow.run(2 * HOUR, activity(2 * HOUR, "web", "10.0.0.9", 22, true)))
                .isEmpty();
    }
}
