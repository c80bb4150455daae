package dev.weir.analytics.detector.newexternal;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.Novelty;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NewExternalTest {
    @Test
    void peersOutsideAreKnownByDomainOrNetwork() {
        DetectorHarness<Novelty> peers =
                new DetectorHarness<>(new NewExternal(NoveltyConfig.defaults(), activity -> false));
        peers.run(
                0, named("203.0.113.1", "a.api.example.co.uk"), named("203.0.113.2", null), named("203.0.113.3", null));
        peers.run(
                0,
                new ActivityBuilder(0, workload("web"), address("10.0.0.1"), 80)
                        .answered(1)
                        .build());
        assertThat(peers.state().members()).containsOnlyKeys("example.co.uk", "203.0.113.0/24");
    }

    @Test
    void addressesOfOneSiteAreOnePeer() {
        DetectorHarness<Novelty> peers =
                new DetectorHarness<>(new NewExternal(NoveltyConfig.defaults(), activity -> false));
        peers.run(
                0,
                named("2a01:db8:1::1", null),
                named("2a01:db8:1:2:3:4:5:6", null),
                named("2a01:db8::1", null),
                named("2a01::1:2:3:4", null));
        assertThat(peers.state().members()).containsOnlyKeys("2a01:db8:1::/48", "2a01:db8::/48", "2a01::/48");
    }

    @Test
    void firstPeerOfAWorkloadThatDidWithoutIsNew() {
        assertThat(firstPeerAfter(30, 1)).singleElement().satisfies(finding -> {
            assertThat(finding.title()).isEqualTo("shop/web connects to 203.0.113.0/24 for the first time");
            assertThat(finding.confidence()).isEqualTo(0.5);
        });
        assertThat(firstPeerAfter(3, 1)).as("learned for three hours").isEmpty();
        assertThat(firstPeerAfter(240, 24)).as("a job that ran on ten days").isEmpty();
    }

    /** The findings about the first peer of a workload, after hours in which it was active inside now and then. */
    private static List<Finding> firstPeerAfter(int hours, int pause) {
        DetectorHarness<Novelty> peers =
                new DetectorHarness<>(new NewExternal(NoveltyConfig.defaults(), activity -> false));
        for (int i = 0; i < hours; i += pause) {
            peers.run(
                    i * HOUR,
                    new ActivityBuilder(i * HOUR, workload("web"), address("10.0.0.1"), 80)
                            .answered(1)
                            .build());
        }
        return peers.run(
                hours * HOUR,
                new ActivityBuilder(hours * HOUR, workload("web"), address("203.0.113.9"), 443)
                        .answered(1)
                        .build());
    }

    private static Activity named(String ip, @Nullable String name) {
        Entity entity = new Entity(null, null, null, null, ip, null, null, name == null ? null : List.of(name));
        return new ActivityBuilder(0, workload("web"), entity, 443).answered(1).build();
    }
}
