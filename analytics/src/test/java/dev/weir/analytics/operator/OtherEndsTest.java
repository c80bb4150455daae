package dev.weir.analytics.operator;

import static dev.weir.analytics.Samples.DB;
import static dev.weir.analytics.Samples.activity;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.detector.DetectorScope;
import dev.weir.common.Millis;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.junit.jupiter.api.Test;

class OtherEndsTest {
    private static List<ActivityPart> sights(DetectorScope scope, ActivityPart... parts) {
        List<ActivityPart> sights = new ArrayList<>();
        OtherEnds ends = new OtherEnds(scope);
        for (ActivityPart part : parts) {
            ends.flatMap(part, new ListCollector<>(sights));
        }
        return sights;
    }

    private static ActivityPart part(long ms, String cluster, String source, String destination) {
        return new ActivityPart(ms, cluster, source, destination, "TCP/443", new byte[] {1});
    }

    @Test
    void workloadIsSeenOnceAnHourByItsOtherEnd() {
        String web = "workload/shop/Deployment/web";
        String db = "workload/shop/StatefulSet/db";
        assertThat(sights(
                        DetectorScope.SOURCE,
                        part(0, "east", web, db),
                        part(10_000, "east", "address/10.0.0.9", db),
                        part(20_000, "west", web, db),
                        part(Millis.HOUR, "east", web, db),
                        part(30_000, "east", web, db)))
                .extracting(sight -> sight.key(DetectorScope.SOURCE) + "@" + sight.sliceMs())
                .containsExactly("east|" + db + "@0", "west|" + db + "@20000", "east|" + db + "@3600000");
        assertThat(sights(DetectorScope.DESTINATION, part(0, "east", web, db)))
                .extracting(sight -> sight.key(DetectorScope.DESTINATION))
                .containsExactly("east|" + web);
    }

    @Test
    void addressesAreNotSeen() {
        ActivityPart part = ActivityPart.of(activity(0, "web", DB, 5_432, true));
        assertThat(sights(DetectorScope.SOURCE, part)).as("a bare address").isEmpty();
        assertThat(sights(DetectorScope.DESTINATION, part))
                .singleElement()
                .satisfies(sight -> assertThat(sight.activity()).isEmpty());
    }

    @Test
    void sightsOfAnHourAreBounded() {
        ActivityPart[] parts = new ActivityPart[OtherEnds.MOST + 10];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = part(0, "", "workload/shop/Deployment/web" + i, "address/10.0.0.9");
        }
        assertThat(sights(DetectorScope.DESTINATION, parts)).hasSize(OtherEnds.MOST);
    }
}
