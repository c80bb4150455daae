package dev.weir.analytics.detector.newexternal;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
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

    private static Activity named(String ip, @Nullable String name) {
        Entity entity = new Entity(null, null, null, null, ip, null, null, name == null ? null : List.of(name));
        return new ActivityBuilder(0, workload("web"), entity, 443).answered(1).build();
    }
}
