package dev.weir.analytics.detector.dga;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Distinct;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DgaTest {
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder to(long slice, String ip, int port) {
        return new ActivityBuilder(slice, workload("web"), address(ip), port);
    }

    private static byte[] sketch(int many, String prefix) {
        Distinct distinct = new Distinct();
        IntStream.range(0, many).forEach(i -> distinct.add(prefix + i));
        return distinct.bytes();
    }

    @Test
    void differentMissingDomainsAreGenerated() {
        DetectorHarness<?> dga = new DetectorHarness<>(new Dga(CONFIG.of(Dga.TYPE)));
        assertThat(dga.run(0, dns(0, new DnsQueries("corp.example", 900, 900, 0, 0, sketch(900, "")))))
                .as("the search list")
                .isEmpty();
        DnsQueries[] made = IntStream.range(0, 25)
                .mapToObj(i -> new DnsQueries("x" + i + ".example", 1, 1, 0, 0, sketch(1, "x" + i)))
                .toArray(DnsQueries[]::new);
        assertThat(dga.run(10_000, dns(10_000, made))).singleElement().satisfies(finding -> {
            assertThat(finding.techniques()).containsExactly("T1568.002");
            assertThat(finding.evidence().observed()).containsEntry("domains_not_there", 26.0);
        });
    }

    private static Activity dns(long slice, DnsQueries... queries) {
        return to(slice, "10.0.0.10", 53)
                .protocol("UDP")
                .answered(1)
                .dns(queries)
                .build();
    }
}
