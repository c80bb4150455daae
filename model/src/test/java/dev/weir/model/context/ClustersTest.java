package dev.weir.model.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClustersTest {
    private final Clusters clusters = new Clusters(Duration.ofHours(24));

    @BeforeEach
    void clustersWithOneRangeAreKeptApart() {
        pod("a", "web", "10.0.0.5");
        pod("b", "vault", "10.0.0.5");
        pod("a", "db", "10.0.0.6");
        pod("b", "queue", "10.0.0.7");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "a, 10.0.0.5, 10.0.0.6, a, web",
                "b, 10.0.0.5, 10.0.0.7, b, vault",
                "c, 10.0.0.5, 10.0.0.6, c, -",
                "-, 10.0.0.5, 10.0.0.6, a, web",
                "-, 10.0.0.5, 10.0.0.7, b, vault",
                "-, 10.0.0.5, 9.9.9.9, (ambiguous), -",
                "-, 9.9.9.9, 10.0.0.5, (ambiguous), -",
                "-, 10.0.0.6, 10.0.0.7, (ambiguous), -",
                "-, 10.0.0.6, 9.9.9.9, a, db",
                "-, 9.9.9.9, 9.9.9.8, -, -",
                "(ambiguous), 10.0.0.6, 9.9.9.9, a, db",
            })
    void flowBelongsToTheClusterOfItsEnds(
            @Nullable String recorded,
            String source,
            String destination,
            @Nullable String cluster,
            @Nullable String workload) {
        Flow flow = flow(recorded, source, destination);
        Clusters.Membership of = clusters.of(flow);
        assertThat(of.cluster()).isEqualTo(cluster);
        assertThat(of.resolve(flow).cluster()).isEqualTo(cluster);
        assertThat(of.resolve(flow).source().workload()).isEqualTo(workload);
    }

    @Test
    void flowWithoutClusterIsOfTheOnlyOne() {
        Clusters one = new Clusters(Duration.ofHours(24));
        one.apply(change("prod", "web", "10.0.0.5"));
        assertThat(one.of(flow(null, "10.0.0.5", "9.9.9.9")).cluster()).isEqualTo("prod");
        assertThat(one.of(flow(null, "9.9.9.8", "9.9.9.9")).cluster()).isEqualTo("prod");
    }

    @Test
    void flowOfAnyClusterIsSeenByTheUnnamedOne() {
        Clusters one = new Clusters(Duration.ofHours(24));
        one.apply(change(null, "web", "10.0.0.5"));
        Flow flow = flow("default", "10.0.0.5", "9.9.9.9");
        assertThat(one.of(flow).resolve(flow).source().workload()).isEqualTo("web");
        assertThat(one.of(flow).cluster()).isEqualTo("default");
    }

    @Test
    void deletionInOneClusterLeavesTheOther() {
        clusters.apply(change("b", "web", "10.0.0.9"));
        clusters.apply(change("b", "web", "10.0.0.9").ended(5));
        Flow flow = flow("a", "10.0.0.5", "9.9.9.9");
        assertThat(clusters.of(flow).resolve(flow).source().workload()).isEqualTo("web");
    }

    @Test
    void clusterWithoutObjectsIsForgotten() {
        clusters.apply(change("b", "vault", "10.0.0.5").ended(5));
        clusters.apply(change("b", "queue", "10.0.0.7").ended(5));
        clusters.prune(Duration.ofDays(3).toMillis());
        assertThat(clusters.of(flow(null, "10.0.0.5", "9.9.9.9")).cluster()).isEqualTo("a");
        assertThat(clusters.changes()).hasSize(2).allMatch(change -> "a".equals(change.cluster()));
    }

    private void pod(@Nullable String cluster, String name, String ip) {
        clusters.apply(change(cluster, name, ip));
    }

    private static ContextChange change(@Nullable String cluster, String name, String ip) {
        String pod = "{\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"shop\"},\"status\":{\"podIP\":\"" + ip
                + "\"}}";
        return new ContextChange(cluster, "", "Pod", "shop", name, 1, "test", pod);
    }

    private static Flow flow(@Nullable String cluster, String source, String destination) {
        return Flow.of(10, 11, Endpoint.of(source, 40_000), Endpoint.of(destination, 443), "TCP", Verdict.FORWARDED)
                .withCluster(cluster);
    }
}
