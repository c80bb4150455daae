package dev.weir.analytics.detector.bruteforce;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.model.Activity;
import java.util.List;
import org.junit.jupiter.api.Test;

class BruteForceTest {
    @Test
    void loginsTooShortToSucceedAreGuessesUnlessUsual() {
        DetectorHarness<?> guess =
                new DetectorHarness<>(new BruteForce(new BruteForceConfig(null, null, null, null, null, null)));
        assertThat(guess.run(0, logins(0, 22, 20, 164))).isEmpty();
        List<Finding> found = guess.run(10_000, logins(10_000, 22, 20, 164));
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("credential-access");
            assertThat(finding.techniques()).containsExactly("T1110");
            assertThat(finding.evidence().observed()).containsEntry("attempts", 40.0);
            assertThat(finding.evidence().expected()).containsEntry("attempts_below", 30.0);
            assertThat(finding.firstSeenMs()).isZero();
            assertThat(finding.ports()).containsExactly(22);
        });
        assertThat(guess.run(200_000, logins(200_000, 22, 200, 50_000)))
                .as("sessions")
                .isEmpty();
        assertThat(guess.run(200_000, logins(200_000, 8080, 200, 100)))
                .as("a port without logins")
                .isEmpty();
        DetectorHarness<?> probes =
                new DetectorHarness<>(new BruteForce(new BruteForceConfig(null, null, null, null, null, null)));
        for (long slice = 0; slice < 4 * HOUR; slice += 10_000) {
            assertThat(probes.run(slice, logins(slice, 5432, 2, 100))).isEmpty();
        }
        assertThat(probes.run(4 * HOUR, logins(4 * HOUR, 5432, 60, 100)))
                .as("24 in two minutes are usual here, four times as many are not reached")
                .isEmpty();
        assertThat(probes.run(4 * HOUR + 10_000, logins(4 * HOUR + 10_000, 5432, 60, 100)))
                .hasSize(1);
    }

    private static Activity[] logins(long slice, int port, long connections, long bytesEach) {
        return new Activity[] {
            new ActivityBuilder(slice, workload("web"), address("10.0.0.9"), port)
                    .answered(connections)
                    .bytes(connections * 200, connections * bytesEach)
                    .packets(connections * 3, connections * 3)
                    .build()
        };
    }
}
