package dev.weir.analytics.operator;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.finding;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.Finding;
import dev.weir.model.Entity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds the alerts of a day within bounds when sources and subjects have none. */
class FindingLimiterTest {
    private final FindingLimiter limiter = new FindingLimiter(1);
    private final Set<String> alerts = new HashSet<>();

    private Finding limited(Entity source, String subject, long ms) {
        Finding limited = limiter.limited(
                finding(ms, 1, subject).toBuilder().source(source).build());
        alerts.add(limited.fingerprint());
        return limited;
    }

    private static Entity stranger(int i) {
        return address("20." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256);
    }

    @Test
    void alertsOfAddressesAreLimitedADay() {
        for (int i = 0; i < 40_000; i++) {
            limited(stranger(i), "scan", 0);
        }
        assertThat(alerts).hasSize(FindingLimiter.MAX_ADDRESSES + 1);
        assertThat(limiter.shared()).isEqualTo(40_000 - FindingLimiter.MAX_ADDRESSES);
        assertThat(limited(stranger(0), "scan", 1).source())
                .as("one that has an alert")
                .isEqualTo(stranger(0));
        assertThat(limited(stranger(39_999), "scan", 1).source()).isEqualTo(Entity.unnamed());
        assertThat(limited(workload("web"), "scan", 1).source())
                .as("names have room of their own")
                .isEqualTo(workload("web"));
        assertThat(limited(stranger(39_999), "scan", DAY).source())
                .as("on the next day")
                .isEqualTo(stranger(39_999));
    }

    @Test
    void sharedAlertSaysWhatIsBehindIt() {
        for (int i = 0; i <= FindingLimiter.MAX_ADDRESSES; i++) {
            limited(stranger(i), "scan", 0);
        }
        Finding shared = limited(stranger(50_000), "scan", 0);
        assertThat(shared.title()).isEqualTo("Further findings of test about several workloads or addresses");
        assertThat(shared.summary()).contains("The latest: title.");
        assertThat(shared.destination()).isEqualTo(Entity.unnamed());
    }

    @Test
    void sourceWithManyAlertsTakesNoRoomOfOthers() {
        for (int i = 0; i < 10_000; i++) {
            Finding limited = limited(workload("web"), "to " + i, 0);
            assertThat(limited.source()).isEqualTo(workload("web"));
        }
        assertThat(alerts).hasSize(FindingLimiter.MAX_OF_SOURCE + 1);
        assertThat(limited(workload("db"), "to 0", 0).subject()).isEqualTo("to 0");
    }

    @Test
    void limitsHoldAfterARestart() {
        for (int i = 0; i < 250; i++) {
            limited(workload("web"), "to " + i, DAY);
        }
        List<String> written = new ArrayList<>();
        limiter.write(written::add);
        FindingLimiter restored = new FindingLimiter(1);
        List<String> twice = new ArrayList<>(List.of(written.get(0).replaceFirst("^1[|]", "0|")));
        twice.addAll(written);
        twice.addAll(written);
        restored.read(twice);
        for (int i = 0; i < 300; i++) {
            Finding finding = finding(DAY, 1, "to " + i);
            assertThat(restored.limited(finding)).isEqualTo(limiter.limited(finding));
        }
        List<String> again = new ArrayList<>();
        restored.write(again::add);
        assertThat(again).containsExactlyInAnyOrderElementsOf(written);
    }

    @Test
    void claimedClustersAreLimitedADay() {
        for (int i = 0; i < 10_000; i++) {
            Finding finding = finding(0, 1, "scan").toBuilder()
                    .source(workload("w" + i % 3))
                    .cluster("c" + i)
                    .build();
            alerts.add(limiter.limited(finding).fingerprint());
        }
        assertThat(alerts).hasSize(FindingLimiter.MAX_CLUSTERS + 1);

        List<String> written = new ArrayList<>();
        limiter.write(written::add);
        FindingLimiter restored = new FindingLimiter(1);
        restored.read(written);
        Finding further = finding(0, 1, "scan").toBuilder().cluster("new").build();
        assertThat(restored.limited(further).cluster())
                .as("clusters of the day are known after a restart")
                .isNull();
    }

    @Test
    void destinationsCountWhereThereIsNoSource() {
        for (int i = 0; i < 1_000; i++) {
            Finding finding = finding(0, 1, "port " + i).toBuilder()
                    .source(Entity.unnamed())
                    .destination(workload("w" + i / 300))
                    .build();
            Finding limited = limiter.limited(finding);
            assertThat(limited.destination()).isEqualTo(finding.destination());
            alerts.add(limited.fingerprint());
        }
        assertThat(alerts)
                .as("200 and a shared one of three, 100 of the fourth")
                .hasSize(3 * 201 + 100);
    }

    @Test
    void restoredAlertsOfAllTasksCountInPart() {
        List<String> written = new ArrayList<>();
        for (int task = 0; task < 4; task++) {
            FindingLimiter each = new FindingLimiter(4);
            for (int i = 0; i < FindingLimiter.MAX_NAMES - 1; i++) {
                Finding unused = each.limited(finding(0, 1, "scan").toBuilder()
                        .source(workload("w" + task + "-" + i))
                        .build());
            }
            each.write(written::add);
        }
        FindingLimiter restored = new FindingLimiter(4);
        restored.read(written);
        Entity next = workload("next");
        Finding finding = finding(0, 1, "scan").toBuilder().source(next).build();
        assertThat(restored.limited(finding)).isEqualTo(finding);
    }

    @Test
    void claimedNamesAreLimitedADay() {
        for (int i = 0; i < 20_000; i++) {
            limited(workload("w" + i), "scan", 0);
        }
        assertThat(alerts).hasSize(FindingLimiter.MAX_NAMES + 1);
    }
}
