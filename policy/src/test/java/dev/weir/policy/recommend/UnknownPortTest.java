package dev.weir.policy.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import dev.weir.policy.Flows;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.replay.Recorded;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownPortTest {
    private static final Endpoint WEB = Flows.pod("shop", "web-1", "web", Map.of("app", "web"), "10.0.0.1", 40_000);

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void edgeWithoutPortIsWrittenWithAWarning(int port) {
        Endpoint db = Flows.pod("data", "db-0", "db", Map.of("app", "db"), "10.0.1.3", 0)
                .with("10.0.1.3", port < 0 ? null : port, 900L, 5L, null);
        Recorded recorded = new Recorded(Cluster.of(List.of()), List.of(), List.of());
        Recommender recommender = new Recommender(recorded, RecommendedDialect.kubernetes, null, 2);
        for (int minute = 0; minute < 20; minute++) {
            Flow flow = Flows.of(minute, WEB, db, Verdict.FORWARDED);
            recommender.accept(flow);
        }
        Recommendation recommendation = recommender.recommend();
        assertThat(recommendation.leftOut()).isEmpty();
        assertThat(String.join("", recommendation.policies()))
                .contains("to data/db (Deployment) on TCP: 20 flows")
                .contains("warning: the flows have no port, so every port of the protocol is allowed")
                .doesNotContain("TCP/0", "port: 0");
    }
}
