package dev.weir.analytics.detector.flood;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FloodedTest {
    private static final String OUTSIDE = "203.0.113.9";
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    @Test
    void openConnectionsOfManySourcesAreAFlood() {
        DetectorHarness<?> flooded = new DetectorHarness<>(new Flooded(CONFIG.of(Flood.TYPE)));
        Activity[] many = IntStream.range(0, 50)
                .mapToObj(i -> new ActivityBuilder(0, address("203.0.113." + i), workload("db"), 5432)
                        .unanswered(30)
                        .build())
                .toArray(Activity[]::new);
        assertThat(flooded.run(0, many)).singleElement().satisfies(finding -> {
            assertThat(finding.source().key()).isEqualTo("unnamed");
            assertThat(finding.destination().workload()).isEqualTo("db");
            assertThat(finding.evidence().observed()).containsEntry("unanswered_in_10s", 1_500.0);
        });
        Activity one = new ActivityBuilder(10_000, address(OUTSIDE), workload("db"), 5432)
                .unanswered(15_000)
                .build();
        assertThat(flooded.run(10_000, one))
                .as("of one source, which another detector reports")
                .isEmpty();
    }

    @Test
    void unusualLoadOfAKnownDestinationIsAFlood() {
        DetectorHarness<?> flooded = new DetectorHarness<>(new Flooded(CONFIG.of(Flood.TYPE)));
        assertThat(flooded.run(0, fromMany(0, 50, 400, false)))
                .as("the usual load is unknown")
                .isEmpty();
        for (long slice = 10 * MINUTE; slice < 3 * HOUR; slice += 10 * MINUTE) {
            assertThat(flooded.run(slice, fromMany(slice, 50, 40, false))).isEmpty();
        }
        assertThat(flooded.run(3 * HOUR, fromMany(3 * HOUR, 50, 400, false)))
                .as("within ten times the usual")
                .isEmpty();
        assertThat(flooded.run(4 * HOUR, fromMany(4 * HOUR, 50, 8_000, false)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence().observed())
                        .containsEntry("connections_in_10s", 400_000.0)
                        .containsEntry("sources", 50.0));
        assertThat(flooded.run(5 * HOUR, fromMany(5 * HOUR, 50, 2_000, true)))
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.evidence().observed()).containsEntry("packets_in_10s", 100_000.0));
    }

    @Test
    void manyWeakSourcesAndBlocksAreAFlood() {
        DetectorHarness<?> flooded = new DetectorHarness<>(new Flooded(CONFIG.of(Flood.TYPE)));
        flooded.run(0, fromMany(0, 1, 1, true));
        assertThat(flooded.run(2 * HOUR, fromMany(2 * HOUR, 250, 39, true)))
                .as("9,750 packets")
                .isEmpty();
        assertThat(flooded.run(3 * HOUR, fromMany(3 * HOUR, 250, 390, true))).hasSize(1);
        Activity block = new ActivityBuilder(
                        4 * HOUR, Entity.block(new byte[] {(byte) 203, 0, 113, 0}, 24), workload("db"), 5432)
                .unanswered(15_000)
                .build();
        assertThat(flooded.run(4 * HOUR, block)).hasSize(1);
    }

    private static Activity[] fromMany(long slice, int sources, int each, boolean datagrams) {
        return IntStream.range(0, sources)
                .mapToObj(i -> {
                    ActivityBuilder one = new ActivityBuilder(
                            slice, address("203.0.113." + i), workload("db"), datagrams ? 53 : 5432);
                    return datagrams
                            ? one.protocol("UDP").unanswered(1).packets(each, 0).build()
                            : one.answered(each).build();
                })
                .toArray(Activity[]::new);
    }
}
