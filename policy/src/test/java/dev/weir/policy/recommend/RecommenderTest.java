package dev.weir.policy.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.common.manifest.Manifest;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import dev.weir.policy.Flows;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.lint.Linter;
import dev.weir.policy.replay.Recorded;
import dev.weir.policy.simulate.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecommenderTest {
    private static final Endpoint WEB =
            Flows.pod("shop", "web-1", "web", Map.of("app", "web", "tier", "front"), "10.0.0.1", 1);
    private static final Endpoint API =
            Flows.pod("shop", "api-1", "api", Map.of("app", "api", "tier", "back", "version", "7"), "10.0.0.2", 9000);
    private static final Endpoint DB = Flows.pod("data", "db-0", "db", Map.of("app", "db"), "10.0.1.3", 5432);

    @Test
    void policiesAllowWhatWasSeenAndCloseTheRest() {
        List<Flow> flows = new ArrayList<>();
        for (int day = 0; day < 3; day++) {
            flows.add(Flows.of(day * 1440L, WEB, API, Verdict.FORWARDED));
            flows.add(Flows.of(day * 1440L + 1, API, DB, Verdict.FORWARDED));
        }
        Recommendation recommendation = recommend(null, 2, flows);
        String yaml = String.join("---\n", recommendation.policies());
        assertThat(recommendation.leftOut()).isEmpty();
        assertThat(yaml).contains("""
                  ingress:
                    # from shop/web (Deployment) on TCP/9000: 3 flows on 3 days, daily, last 2026-01-03T00:00:00Z
                """.replace("daily", "nightly"));
        Cluster cluster = YamlClusters.of(yaml);
        assertThat(cluster.problems()).isEmpty();
        assertThat(cluster.policies().policies())
                .extracting(policy -> policy.ref().display())
                .containsExactlyInAnyOrder(
                        "NetworkPolicy data/default-deny",
                        "NetworkPolicy data/db",
                        "NetworkPolicy shop/default-deny",
                        "NetworkPolicy shop/web",
                        "NetworkPolicy shop/api");
        assertThat(yaml).contains("k8s-app: kube-dns");
        nothingBreaks(yaml, flows);
        ManifestFile file = YamlClusters.file(yaml);
        assertThat(Linter.lint(Cluster.of(file.manifests()), file.manifests(), file.problems()))
                .isEmpty();
    }

    @Test
    void onlyOneNamespaceIfThatIsAsked() {
        List<Flow> flows = twice(WEB, API);
        flows.addAll(twice(API, DB));
        String yaml = String.join("---\n", recommend("data", 2, flows).policies());
        assertThat(YamlClusters.of(yaml).policies().policies())
                .extracting(policy -> policy.ref().display())
                .containsExactlyInAnyOrder("NetworkPolicy data/default-deny", "NetworkPolicy data/db");
    }

    @Test
    void attacksAndRareEdgesAreLeftOutAndListed() {
        List<Flow> flows = twice(WEB, API);
        flows.add(Flows.of(5, WEB, DB, Verdict.FORWARDED));
        flows.add(Flows.of(
                6,
                API,
                Flows.pod("data", "cache-0", "cache", Map.of("app", "cache"), "10.0.1.4", 6379),
                Verdict.DROPPED));
        for (int port = 1; port <= 20; port++) {
            Endpoint closed = DB.withCounters(0L, 0L, null);
            flows.add(Flows.of(7, WEB.withCounters(60L, 1L, 2), port(closed, port), Verdict.UNKNOWN));
        }
        flows.addAll(twice(WEB, Endpoint.of("169.254.169.254", 80).withCounters(9L, 9L, 18)));
        Recommendation recommendation = recommend(null, 2, flows);
        assertThat(recommendation.leftOut())
                .anyMatch(line -> line.startsWith(
                        "shop/web (Deployment) to data/db (Deployment) on TCP/5432 is part of what looks like a scan"))
                .anyMatch(line ->
                        line.startsWith("shop/api (Deployment) to data/cache (Deployment) on TCP/6379 never succeeded"))
                .anyMatch(line -> line.contains("169.254.169.254 on TCP/80 asks the cloud's metadata service"));
        assertThat(recommendation.leftOut()).hasSize(23);
        assertThat(String.join("", recommendation.policies())).doesNotContain("5432", "6379", "169.254");
        assertThat(recommend(null, 2, List.of(Flows.of(5, WEB, DB, Verdict.FORWARDED)))
                        .leftOut())
                .singleElement()
                .asString()
                .contains("was seen once");
    }

    @Test
    void noPolicySelectsMoreThanItsWorkload() {
        Endpoint canary =
                Flows.pod("shop", "web-canary-1", "web-canary", Map.of("app", "web", "tier", "canary"), "10.0.0.9", 1);
        List<Flow> flows = twice(WEB, API);
        flows.addAll(twice(canary, API));
        String yaml = String.join("---\n", recommend(null, 2, flows).policies());
        assertThat(yaml).contains("tier: front", "tier: canary").doesNotContain("app: web\n  policyTypes");
        Endpoint twin = Flows.pod("shop", "web2-1", "web2", Map.of("app", "web", "tier", "front"), "10.0.0.8", 1);
        flows.addAll(twice(twin, API));
        Recommendation recommendation = recommend(null, 2, flows);
        assertThat(recommendation.leftOut())
                .anyMatch(
                        line -> line.contains("shop/web (Deployment) has no label that shop/web2 (Deployment) lacks"));
    }

    @Test
    void outsideAddressesBecomeBlocksWithAWarning() {
        List<Flow> flows = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            flows.addAll(twice(WEB, Endpoint.of("203.0.113." + i, 443).withCounters(9L, 9L, 18)));
        }
        flows.addAll(twice(WEB, Endpoint.of("198.51.100.7", 443).withCounters(9L, 9L, 18)));
        Recommendation recommendation = recommend(null, 2, flows);
        String yaml = String.join("---\n", recommendation.policies());
        assertThat(yaml)
                .contains("cidr: 203.0.113.0/24", "cidr: 198.51.100.7/32")
                .contains("# warning: 203.0.113.0/24 stands for 12 addresses that were seen in it");
        assertThat(recommendation.warnings())
                .singleElement()
                .asString()
                .contains("shop/web (Deployment) egress on TCP/443: 2 blocks");
        nothingBreaks(yaml, flows);
    }

    @Test
    void onlyPublicAddressesAreWidened() {
        List<Flow> flows = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            flows.addAll(twice(Endpoint.of("10.9.9." + i, 1), API));
        }
        assertThat(String.join("", recommend(null, 2, flows).policies()))
                .contains("cidr: 10.9.9.12/32")
                .doesNotContain("/24");
        for (int i = 1; i <= 150; i++) {
            flows.addAll(twice(WEB, Endpoint.of("203.0." + i + ".7", 443).withCounters(9L, 9L, 18)));
        }
        String yaml = String.join("---\n", recommend(null, 2, flows).policies());
        assertThat(yaml).contains("cidr: 0.0.0.0/0", "- 10.0.0.0/8", "0.0.0.0/0 stands for 150 addresses");
        nothingBreaks(yaml, flows);
    }

    @Test
    void publicServiceStaysOpenForSingleClients() {
        List<Flow> flows = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            flows.add(Flows.of(
                    i,
                    Endpoint.of("203.0." + i + ".7", 50_000).withCounters(9L, 9L, 2),
                    port(API, 8080),
                    Verdict.FORWARDED));
        }
        Recommendation recommendation = recommend(null, 2, flows);
        assertThat(recommendation.leftOut()).isEmpty();
        nothingBreaks(String.join("---\n", recommendation.policies()), flows);
    }

    @Test
    void mostlyFailedEdgesAreLeftOutOthersKept() {
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            flows.add(Flows.of(i, WEB, Endpoint.of("198.51.100.9", 123).withCounters(9L, 1L, null), Verdict.FORWARDED));
            flows.add(Flows.failed(i, "10.0.0.1", "203.0.113." + (i + 1), 123, Verdict.FORWARDED));
            flows.add(Flows.failed(i, "10.0.0.1", "192.0.2.66", 6667, Verdict.FORWARDED));
        }
        flows.add(Flows.flow(30, "10.0.0.1", "192.0.2.66", 6667));
        List<Flow> named = flows.stream()
                .map(flow -> flow.source().pod() == null
                        ? flow.withEndpoints(
                                WEB.withCounters(
                                        flow.source().bytes(),
                                        flow.source().packets(),
                                        flow.source().tcpFlags()),
                                flow.destination())
                        : flow)
                .toList();
        Recommendation recommendation = recommend(null, 2, named);
        assertThat(String.join("", recommendation.policies()))
                .contains("198.51.100.9/32")
                .doesNotContain("192.0.2.66")
                .doesNotContain("203.0.113");
        assertThat(recommendation.leftOut())
                .anyMatch(reason -> reason.contains("192.0.2.66 on TCP/6667 failed more often than not"));
    }

    @Test
    void namespaceWithoutRulesIsNotClosed() {
        Endpoint a = Flows.pod("apps", "a-1", "a", null, "10.0.0.8", 1);
        Endpoint b = Flows.pod("apps", "b-1", "b", null, "10.0.0.9", 80);
        Recommendation recommendation = recommend(null, 2, twice(a, b));
        assertThat(recommendation.policies()).isEmpty();
        assertThat(recommendation.warnings()).anyMatch(warning -> warning.startsWith("namespace apps is not closed"));
    }

    private static List<Flow> twice(Endpoint from, Endpoint to) {
        return new ArrayList<>(
                List.of(Flows.of(0, from, to, Verdict.FORWARDED), Flows.of(1, from, to, Verdict.FORWARDED)));
    }

    private static Endpoint port(Endpoint end, int port) {
        return Endpoint.builder()
                .ip(end.ip())
                .port(port)
                .bytes(end.bytes())
                .packets(end.packets())
                .namespace(end.namespace())
                .pod(end.pod())
                .workload(end.workload())
                .workloadKind(end.workloadKind())
                .labels(end.labels())
                .build();
    }

    private static void nothingBreaks(String yaml, List<Flow> flows) {
        List<Manifest> manifests = YamlClusters.file(yaml).manifests();
        Cluster cluster = Cluster.of(manifests);
        Simulation simulation =
                new Simulation(new Recorded(cluster, manifests, List.of(cluster.policies())), null, cluster.policies());
        flows.forEach(simulation::accept);
        assertThat(simulation.changes()).isEmpty();
    }

    private static Recommendation recommend(@Nullable String namespace, int minFlows, List<Flow> flows) {
        Recommender recommender = new Recommender(
                new Recorded(Cluster.of(List.of()), List.of(), List.of()),
                RecommendedDialect.kubernetes,
                namespace,
                minFlows);
        flows.forEach(recommender::accept);
        return recommender.recommend();
    }
}
