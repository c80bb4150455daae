package dev.weir.policy.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.common.manifest.Manifest;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import dev.weir.policy.Flows;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.lint.Lint;
import dev.weir.policy.lint.Linter;
import dev.weir.policy.replay.Recorded;
import dev.weir.policy.simulate.Change;
import dev.weir.policy.simulate.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Recommended policies of every dialect, held against the same recorded flows. */
class RecommendedDialectTest {
    private static final String NODE =
            "{kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 10.9.0.1}]}}\n---\n";
    private static final Endpoint WEB = Flows.pod("shop", "web-1", "web", Map.of("app", "web"), "10.0.0.1", 1);
    private static final Endpoint API = Flows.pod("shop", "api-1", "api", Map.of("app", "api"), "10.0.0.2", 9000);
    private static final Endpoint DB = Flows.pod("data", "db-0", "db", Map.of("app", "db"), "10.0.1.3", 5432);
    private static final Endpoint KUBELET = Endpoint.of("10.9.0.1", 10_250);
    private static final Endpoint NAMED = Endpoint.of("198.51.100.7", 443).toBuilder()
            .names(List.of("pay.example"))
            .build();
    private static final Endpoint NAMELESS = Endpoint.of("203.0.113.9", 25);

    private final List<Flow> flows = new ArrayList<>();

    RecommendedDialectTest() {
        for (int day = 0; day < 3; day++) {
            for (Endpoint to : List.of(DB, KUBELET, NAMED, NAMELESS)) {
                flows.add(Flows.of(day * 1440L, API, to, Verdict.FORWARDED));
            }
            flows.add(Flows.of(day * 1440L, WEB, API, Verdict.FORWARDED));
            flows.add(Flows.of(day * 1440L, NAMELESS, WEB, Verdict.FORWARDED));
        }
    }

    @ParameterizedTest
    @EnumSource
    void policiesAllowTheFlowsAndNoOthers(RecommendedDialect dialect) {
        Recommendation recommendation = recommend(dialect);
        assertThat(recommendation.leftOut()).isEmpty();
        List<Manifest> manifests = YamlClusters.file(NODE, String.join("---\n", recommendation.policies()))
                .manifests();
        Cluster cluster = Cluster.of(manifests);
        assertThat(Linter.lint(cluster, manifests, List.of()))
                .filteredOn(finding -> finding.lint() == Lint.INVALID || finding.lint() == Lint.ACCEPTED_BUT)
                .isEmpty();
        assertThat(changes(cluster, manifests, flows)).isEmpty();
        List<Flow> others = List.of(
                Flows.of(0, WEB, DB, Verdict.FORWARDED),
                Flows.of(0, DB, API, Verdict.FORWARDED),
                Flows.of(0, WEB, NAMED, Verdict.FORWARDED),
                Flows.of(0, API, Endpoint.of("203.0.113.10", 25), Verdict.FORWARDED),
                Flows.of(0, API, Endpoint.of("198.51.100.7", 80), Verdict.FORWARDED));
        assertThat(changes(cluster, manifests, others))
                .hasSize(others.size())
                .allMatch(effect -> effect == Change.Effect.BREAKS);
    }

    @Test
    void ciliumNamesDomainsAndNodes() {
        String yaml = String.join("---\n", recommend(RecommendedDialect.cilium).policies());
        assertThat(yaml)
                .contains("- matchName: pay.example")
                .contains("- host\n")
                .contains("cidr: 203.0.113.9/32")
                .contains("- matchPattern:")
                .contains("kind: CiliumNetworkPolicy");
    }

    @Test
    void calicoWritesOneRuleForEachProtocol() {
        String yaml = String.join("---\n", recommend(RecommendedDialect.calico).policies());
        assertThat(yaml)
                .contains("apiVersion: projectcalico.org/v3")
                .contains("selector: app == 'db'")
                .contains("namespaceSelector: projectcalico.org/name == 'data'")
                .contains("- 203.0.113.9/32");
    }

    private Recommendation recommend(RecommendedDialect dialect) {
        Cluster cluster = YamlClusters.of(NODE);
        Recommender recommender = new Recommender(new Recorded(cluster, List.of(), List.of()), dialect, null, 2);
        flows.forEach(recommender::accept);
        return recommender.recommend();
    }

    private static List<Change.Effect> changes(Cluster cluster, List<Manifest> manifests, List<Flow> recorded) {
        Simulation simulation =
                new Simulation(new Recorded(cluster, manifests, List.of(cluster.policies())), null, cluster.policies());
        recorded.forEach(simulation::accept);
        return simulation.changes().stream().map(Change::effect).toList();
    }
}
