package dev.weir.analytics.detector.newlisteningport;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.Novelty;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.model.Activity;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewListeningPortTest {
    @Test
    void newListeningPortIsFoundForAnySource() {
        DetectorHarness<Novelty> ports = new DetectorHarness<>(new NewListeningPort(NoveltyConfig.defaults()));
        for (long slice = 0; slice < 3 * DAY; slice += HOUR / 2) {
            assertThat(ports.run(slice, asked(slice, "10.0.0.1", 8080))).isEmpty();
        }
        List<Finding> one = ports.run(3 * DAY, asked(3 * DAY, "10.0.0.1", 4444));
        List<Finding> other = ports.run(3 * DAY + 10_000, asked(3 * DAY + 10_000, "10.0.0.2", 4444));
        assertThat(one).singleElement().satisfies(finding -> {
            assertThat(finding.destination().workload()).isEqualTo("db");
            assertThat(finding.title()).contains("TCP/4444");
        });
        assertThat(other)
                .singleElement()
                .extracting(Finding::fingerprint)
                .isEqualTo(one.get(0).fingerprint());
        assertThat(ports.run(3 * DAY + 20_000, asked(3 * DAY + 20_000, "10.0.0.2", 51_000)))
                .isEmpty();
    }

    @Test
    void firstPortOfAWorkloadThatOnlyConnectedIsFound() {
        assertThat(firstPort(26, "203.0.113.9")).singleElement().satisfies(finding -> assertThat(finding.summary())
                .contains("it has answered at 0 other ports"));
        assertThat(firstPort(26, "10.0.0.9"))
                .as("a collector that begins to scrape it")
                .isEmpty();
        assertThat(firstPort(18, "203.0.113.9")).as("known for eighteen hours").isEmpty();
        assertThat(firstPort(0, "203.0.113.9"))
                .as("new, as a workload that serves from its start")
                .isEmpty();
    }

    /** The findings about the first answer of a workload that was the other end for some hours. */
    private static List<Finding> firstPort(int hours, String client) {
        DetectorHarness<Novelty> ports = new DetectorHarness<>(new NewListeningPort(NoveltyConfig.defaults()));
        for (int hour = 0; hour < hours; hour++) {
            assertThat(ports.run(hour * HOUR)).isEmpty();
        }
        return ports.run(hours * HOUR, asked(hours * HOUR, client, 4444));
    }

    private static Activity asked(long slice, String from, int port) {
        return new ActivityBuilder(slice, address(from), workload("db"), port)
                .answered(1)
                .build();
    }
}
