package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.Limit;
import io.prometheus.client.CollectorRegistry;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobLimitsTest {
    private final Map<Limit, Long> counts = new EnumMap<>(Limit.class);
    private final CollectorRegistry registry = new CollectorRegistry();

    @Test
    void growthIsCountedOnceAndAfterARestartToo() {
        try (JobLimits limits = new JobLimits(() -> counts, registry)) {
            limits.look();
            assertThat(merged()).isNull();
            counts.put(Limit.EDGES_MERGED, 100L);
            limits.look();
            limits.look();
            assertThat(merged()).isEqualTo(100);
            counts.put(Limit.EDGES_MERGED, 130L);
            limits.look();
            assertThat(merged()).isEqualTo(130);
            counts.put(Limit.EDGES_MERGED, 7L);
            limits.look();
            assertThat(merged()).as("the tasks began anew").isEqualTo(137);
        }
    }

    private Double merged() {
        return registry.getSampleValue(
                "weir_analytics_limited_total", new String[] {"limit"}, new String[] {"edges_merged_unconfirmed"});
    }
}
