package dev.weir.analytics.detector.volumeanomaly;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VolumeAnomalyTest {
    private static final long STEP = Series.STEP_MS;
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private final Random random = new Random(7);

    @Test
    void volumeOfAWorkloadIsFoundIfNoEdgeHasMost() {
        assertThat(ofWorkload(20)).singleElement().satisfies(finding -> {
            assertThat(finding.title()).isEqualTo("The volume of shop/web is unusual");
            assertThat(finding.evidence().observed()).containsEntry("bytes_in_5min", 2.0E8);
        });
        assertThat(ofWorkload(1)).as("the finding is that of the edge").isEmpty();
    }

    private List<Finding> ofWorkload(int edges) {
        DetectorHarness<?> volume = new DetectorHarness<>(VolumeAnomaly.ofWorkloads(CONFIG.of(VolumeAnomaly.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (long ms = 0; ms < 3 * DAY + 2 * STEP; ms += STEP) {
            long all = ms == 3 * DAY ? 200_000_000 : 3_000_000 + random.nextInt(1_000_000);
            Activity[] activities = new Activity[edges];
            for (int i = 0; i < edges; i++) {
                activities[i] = new ActivityBuilder(ms, workload("web"), address("10.0.1." + i), 80)
                        .answered(1)
                        .bytes(all / edges, 0)
                        .build();
            }
            found.addAll(volume.run(ms, activities));
        }
        return found;
    }

    @Test
    void recordVolumeIsFoundAfterTwoDaysAboveTheFloor() {
        assertThat(volumes(3_000_000, 90_000_000, 3 * DAY)).singleElement().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("baseline");
            assertThat(finding.summary()).contains("90.0 MB in five minutes").contains("more than ever");
        });
        assertThat(volumes(3_000_000, 90_000_000, DAY)).as("too early").isEmpty();
        assertThat(volumes(3_000, 90_000, 3 * DAY)).as("too little").isEmpty();
        assertThat(volumes(3_000_000, 4_500_000, 3 * DAY)).as("hardly more").isEmpty();
    }

    private List<Finding> volumes(long usual, long once, long after) {
        DetectorHarness<?> volume = new DetectorHarness<>(VolumeAnomaly.ofEdges(CONFIG.of(VolumeAnomaly.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (long ms = 0; ms < after + 2 * STEP; ms += STEP) {
            long bytes = ms == after ? once : usual + random.nextInt((int) usual / 3);
            found.addAll(volume.run(ms, edge(ms, bytes)));
        }
        return found;
    }

    private static Activity edge(long slice, long bytes) {
        return new ActivityBuilder(slice, workload("web"), address("10.0.0.9"), 80)
                .answered(1)
                .bytes(bytes, 0)
                .build();
    }
}
