package dev.weir.analytics.detector.metadataaccess;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Severity;
import org.junit.jupiter.api.Test;

class MetadataAccessTest {
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder to(long slice, String ip, int port) {
        return new ActivityBuilder(slice, workload("web"), address(ip), port);
    }

    @Test
    void firstAccessToCredentialsIsFound() {
        DetectorHarness<?> access = new DetectorHarness<>(new MetadataAccess(CONFIG.of(MetadataAccess.TYPE)));
        assertThat(access.run(0, to(0, "10.0.0.9", 10250).answered(1).build())).isEmpty();
        assertThat(access.run(
                        2 * DAY, to(2 * DAY, "10.0.0.8", 10250).answered(1).build()))
                .as("from the first day")
                .isEmpty();
        assertThat(access.run(
                        2 * DAY, to(2 * DAY, "169.254.169.254", 80).answered(1).build()))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.category()).isEqualTo("credential-access");
                    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
                });
        assertThat(access.run(
                        4 * DAY, to(4 * DAY, "169.254.169.254", 80).answered(1).build()))
                .isEmpty();
    }
}
