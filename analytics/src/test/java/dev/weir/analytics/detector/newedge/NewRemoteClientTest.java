package dev.weir.analytics.detector.newedge;

import static dev.weir.analytics.Samples.flow;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.Novelty;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.model.Activity;
import dev.weir.model.Flow;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewRemoteClientTest {
    private final DetectorHarness<Novelty> machine =
            new DetectorHarness<>(new NewRemoteClient(NoveltyConfig.defaults(), activity -> false), true);

    private static ActivityBuilder from(long slice, String client, int port) {
        return new ActivityBuilder(slice, workload(client), workload("api"), port).answered(1);
    }

    private List<Finding> run(long slice, Activity activity) {
        DetectorResult<Novelty> step = machine.step(slice, activity);
        assertThat(step.baseline())
                .as("a list of clients is no baseline of the workload")
                .isNull();
        return step.findings();
    }

    @Test
    void firstClientOfAKnownMachineIsLateralMovement() {
        for (long slice = 0; slice < 2 * DAY; slice += HOUR) {
            assertThat(run(slice, from(slice, "web", 8080).build())).isEmpty();
        }
        Activity entered = from(2 * DAY, "born-now", 22).build();
        assertThat(run(2 * DAY, entered)).singleElement().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("lateral-movement");
            assertThat(finding.techniques()).containsExactly("T1021");
            assertThat(finding.summary()).contains("which had 0 other clients of its remote services");
            DetectorHarness<Novelty> source =
                    new DetectorHarness<>(new NewEdge(NoveltyConfig.defaults(), activity -> false));
            Activity past = new ActivityBuilder(0, workload("born-now"), workload("db"), 1)
                    .answered(1)
                    .build();
            for (long slice = 0; slice < 3 * DAY; slice += HOUR) {
                assertThat(source.run(slice, past)).isEmpty();
            }
            assertThat(source.run(3 * DAY, entered))
                    .extracting(Finding::fingerprint)
                    .containsExactly(finding.fingerprint());
        });
    }

    @Test
    void machineIsKnownSinceItsFirstFlowBegan() {
        Activity lasting = new ActivityBuilder(2 * DAY, workload("web"), workload("api"), 8080)
                .answered(1)
                .at(1)
                .build();
        assertThat(run(2 * DAY, lasting)).isEmpty();
        long later = 2 * DAY + HOUR;
        assertThat(run(later, from(later, "born-now", 22).build())).hasSize(1);
    }

    @Test
    void usualClientsAndOtherServicesAreNotNew() {
        for (long slice = 0; slice < 2 * DAY; slice += HOUR) {
            assertThat(run(slice, from(slice, "ops", 22).build())).isEmpty();
        }
        assertThat(run(2 * DAY, from(2 * DAY, "ops", 22).build())).isEmpty();
        assertThat(run(2 * DAY, from(2 * DAY, "other", 8080).build())).isEmpty();
    }

    @Test
    void openedAndClosedConnectionIsNoEntry() {
        assertThat(run(0, from(0, "web", 8080).build())).isEmpty();
        Flow opened = flow(2 * DAY, "10.0.0.1", "10.0.0.2", 22);
        Flow bare = opened.toBuilder()
                .source(opened.source().withCounters(84L, 2L, 0))
                .destination(opened.destination().withCounters(44L, 1L, 0))
                .build();
        assertThat(run(2 * DAY, from(2 * DAY, "scanner", 22).flows(bare).build()))
                .isEmpty();
    }
}
