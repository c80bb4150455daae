package dev.weir.analytics.detector.exfiltration;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class BulkPullTest {
    private static final long MB = 1_000_000;

    private final DetectorHarness<?> store =
            new DetectorHarness<>(new BulkPull(DetectorsConfig.defaults().of(Exfiltration.TYPE)));

    private static Activity taken(long slice, String client, long bytes) {
        return new ActivityBuilder(slice, workload(client), workload("db"), 5432)
                .answered(1)
                .bytes(bytes / 100, bytes)
                .build();
    }

    private List<Finding> take(long slice, String client, long bytes) {
        return store.run(slice, taken(slice, client, bytes));
    }

    @Test
    void dumpByAClientWithoutAPastIsFound() {
        assertThat(take(0, "orders", MB)).isEmpty();
        assertThat(take(2 * DAY, "job", 30 * MB)).isEmpty();
        assertThat(take(2 * DAY + 10_000, "job", 90 * MB)).singleElement().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("exfiltration");
            assertThat(finding.techniques()).containsExactly("T1213");
            assertThat(finding.severity()).isEqualTo(Severity.MEDIUM);
            assertThat(finding.title()).isEqualTo("shop/job takes much data from shop/db");
            assertThat(finding.evidence().observed()).containsEntry("bytes_received", 120.0 * MB);
        });
    }

    @Test
    void clientOutsideThatTakesMuchBySshIsFound() {
        assertThat(takenOutside(22)).singleElement().satisfies(finding -> assertThat(finding.title())
                .isEqualTo("203.0.113.9 takes much data from shop/db"));
        assertThat(takenOutside(443)).as("a visitor").isEmpty();
    }

    private static List<Finding> takenOutside(int port) {
        DetectorHarness<?> server =
                new DetectorHarness<>(new BulkPull(DetectorsConfig.defaults().of(Exfiltration.TYPE)));
        server.run(0, taken(0, "orders", MB));
        return server.run(
                2 * DAY,
                new ActivityBuilder(2 * DAY, address("203.0.113.9"), workload("db"), port)
                        .answered(1)
                        .bytes(MB, 90 * MB)
                        .build());
    }

    @Test
    void nightlyBackupIsUsual() {
        assertThat(take(0, "orders", MB)).isEmpty();
        for (int day = 0; day < 10; day++) {
            assertThat(take(day * DAY + HOUR, "backup", 1_000 * MB + day * 20 * MB))
                    .as("night %d", day)
                    .isEmpty();
        }
        assertThat(take(10 * DAY + HOUR, "backup", 9_000 * MB)).hasSize(1);
    }

    @Test
    void bulkThatManyClientsTakeIsWhatTheServerIsFor() {
        for (String client : List.of("build", "test", "deploy")) {
            assertThat(take(HOUR, client, 400 * MB)).isEmpty();
        }
        assertThat(take(2 * DAY, "release", 500 * MB)).isEmpty();
        assertThat(take(2 * DAY + HOUR, "thief", 5_000 * MB)).hasSize(1);
    }

    @Test
    void replicaThatTakesABaseBackupIsNoClient() {
        assertThat(take(0, "orders", MB)).isEmpty();
        assertThat(take(2 * DAY, "db", 900 * MB)).isEmpty();
    }

    @Test
    void uploadsAndClientsOutsideAreNotJudged() {
        assertThat(take(0, "orders", MB)).isEmpty();
        Activity upload = new ActivityBuilder(2 * DAY, workload("job"), workload("db"), 5432)
                .answered(1)
                .bytes(500 * MB, 200 * MB)
                .build();
        assertThat(store.run(2 * DAY, upload)).as("more is sent").isEmpty();
    }
}
