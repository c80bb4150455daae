package dev.weir.analytics.detector.cleartext;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CleartextTest {
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder to(long slice, String ip, int port) {
        return new ActivityBuilder(slice, workload("web"), address(ip), port);
    }

    @Test
    void passwordsInTheClearAreReportedOnceADay() {
        DetectorHarness<?> clear = new DetectorHarness<>(new Cleartext(CONFIG.of(Cleartext.TYPE)));
        assertThat(clear.run(0, to(0, "10.0.0.9", 23).answered(1).build())).hasSize(1);
        assertThat(clear.run(HOUR, to(HOUR, "10.0.0.9", 23).answered(1).build()))
                .isEmpty();
        assertThat(clear.run(DAY, to(DAY, "10.0.0.9", 23).answered(1).build())).hasSize(1);
        assertThat(clear.run(
                        DAY, to(DAY, "10.0.0.9", 80).answered(1).cleartext(1).build()))
                .as("encryption is not required")
                .isEmpty();
        DetectorHarness<?> strict = new DetectorHarness<>(new Cleartext(new CleartextConfig(Map.of(), Set.of("shop"))));
        assertThat(strict.run(0, to(0, "10.0.0.9", 80).answered(1).cleartext(1).build()))
                .hasSize(1);
        assertThat(strict.run(0, to(0, "10.0.0.8", 80).answered(1).build()))
                .as("encryption is unknown")
                .isEmpty();
    }

    @Test
    void plaintextToPodsThatAcceptMtlsOnlyIsReported() {
        DetectorHarness<?> clear = new DetectorHarness<>(new Cleartext(CONFIG.of(Cleartext.TYPE)));
        assertThat(clear.run(0, refusedBy("AuthorizationPolicy"))).isEmpty();
        assertThat(clear.run(0, refusedBy("PeerAuthentication")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.summary())
                        .endsWith("readable on the way: PeerAuthentication shop/strict accepts mTLS only."));
    }

    private static Activity refusedBy(String kind) {
        return to(0, "10.0.0.9", 8080).answered(1).build().toBuilder()
                .expected(Expected.DENY)
                .decidedBy(List.of(new PolicyRef(kind, "shop", "strict", "ingress[0]")))
                .build();
    }
}
