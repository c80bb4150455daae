package dev.weir.analytics.detector.segment;

import static dev.weir.analytics.Samples.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.common.config.ConfigException;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentTest {
    @TempDir
    Path folder;

    private Segment segment(String yaml) throws Exception {
        return new Segment(new SegmentConfig(
                Files.writeString(folder.resolve("zones.yaml"), yaml).toString()));
    }

    private static Entity in(String namespace, String name) {
        return Entity.workload(namespace, name, "Deployment");
    }

    private static Activity from(Entity source, Entity destination, int port) {
        return new ActivityBuilder(0, source, destination, port).answered(1).build();
    }

    @Test
    void trafficWithoutARuleNamesTheRequirement() throws Exception {
        DetectorHarness<?> zones = new DetectorHarness<>(segment("""
                zones:
                  cards: {namespaces: [payments], requirement: PCI DSS 1.3.1}
                  shop: {namespaces: [shop], workloads: [platform/proxy]}
                  world: {outside: true}
                allow:
                  - {from: shop, to: cards, ports: [8443]}
                  - {from: "*", to: world, ports: [443]}
                """));
        Entity vault = in("payments", "vault");
        assertThat(zones.run(0, from(in("shop", "web"), vault, 5432)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.title()).contains("zone cards (PCI DSS 1.3.1)");
                    assertThat(finding.category()).isEqualTo("posture");
                });
        assertThat(zones.run(
                        0,
                        from(in("shop", "web"), vault, 8443),
                        from(in("platform", "proxy"), vault, 8443),
                        from(in("payments", "gateway"), vault, 5432),
                        from(in("other", "a"), in("other", "b"), 1),
                        from(vault, address("203.0.113.1"), 443)))
                .isEmpty();
        assertThat(zones.run(0, from(in("other", "a"), vault, 8443)))
                .as("of no zone")
                .hasSize(1);
        assertThat(zones.run(0, from(vault, address("203.0.113.1"), 80)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.title()).contains("zone cards"));
        assertThat(zones.run(0, from(address("203.0.113.1"), vault, 8443))).hasSize(1);
        Activity dropped = new ActivityBuilder(0, in("shop", "web"), vault, 5432)
                .verdict(Verdict.DROPPED)
                .unanswered(1)
                .build();
        assertThat(zones.run(0, dropped)).isEmpty();
    }

    @Test
    void ruleForNoZoneIsAnErrorThatNamesTheZones() {
        assertThatThrownBy(
                        () -> segment("zones: {cards: {namespaces: [payments]}}\nallow: [{from: shop, to: cards}]\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'shop' is no zone; there are [cards]");
    }
}
