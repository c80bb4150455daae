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

    private static Activity asked(long slice, String from, int port) {
        return new ActivityBuilder(slice, address(from), workload("db"), port)
                .answered(1)
                .build();
    }
}
