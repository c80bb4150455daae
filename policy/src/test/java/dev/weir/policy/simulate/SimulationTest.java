package dev.weir.policy.simulate;

import static dev.weir.policy.YamlClusters.DB;
import static dev.weir.policy.YamlClusters.DEFAULT_DENY;
import static dev.weir.policy.YamlClusters.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.common.manifest.ManifestFile;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import dev.weir.policy.Flows;
import dev.weir.policy.PolicySet;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.replay.Recorded;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final String DB_POD =
            "{kind: Pod, metadata: {name: db-0, namespace: shop, labels: {app: db}}, status: {podIP: 10.0.0.3}}\n---\n";
    private static final String DB_SERVICE =
            "{kind: Service, metadata: {name: sql, namespace: shop}, spec: {clusterIP: 10.96.0.9, selector: {app: db},"
                    + " ports: [{port: 15432, targetPort: 5432}]}}\n---\n";

    @Test
    void brokenEdgesHaveCountCadenceAndReason() {
        Simulation simulation = simulation(null, SHOP, DB_POD, DB);
        for (int hour = 0; hour < 30; hour++) {
            simulation.accept(Flows.flow(hour * 60L, "10.0.0.1", "10.0.0.3", 5432));
            simulation.accept(Flows.flow(hour * 60L, "10.0.0.2", "10.0.0.3", 5432));
        }
        assertThat(simulation.flows()).isEqualTo(60);
        assertThat(simulation.changes()).singleElement().satisfies(change -> {
            assertThat(change.effect()).isEqualTo(Change.Effect.BREAKS);
            assertThat(change.source()).isEqualTo("shop/web (Deployment)");
            assertThat(change.destination()).isEqualTo("shop/db-0 (Pod)");
            assertThat(change.service()).isEqualTo("TCP/5432");
            assertThat(change.cadence().count()).isEqualTo(30);
            assertThat(change.cadence().text()).isEqualTo("hourly");
            assertThat(change.because()).contains("NetworkPolicy shop/db ingress[0]", "app is 'web', not 'api'");
        });
    }

    @Test
    void droppedFlowsThatWouldPassOpen() {
        Simulation simulation = simulation(null, SHOP, DB_POD, DB);
        simulation.accept(Flows.failed(0, "10.0.0.2", "10.0.0.3", 5432, Verdict.DROPPED));
        simulation.accept(Flows.failed(1, "10.0.0.1", "10.0.0.3", 5432, Verdict.DROPPED));
        assertThat(simulation.changes()).singleElement().satisfies(change -> assertThat(change.effect())
                .isEqualTo(Change.Effect.OPENS));
    }

    @Test
    void currentPoliciesCountMoreThanWhatWasSeen() {
        Simulation simulation =
                simulation(YamlClusters.of(SHOP, DB_POD, DEFAULT_DENY).policies(), SHOP, DB_POD, DB);
        simulation.accept(Flows.flow(0, "10.0.0.1", "10.0.0.3", 5432));
        assertThat(simulation.changes()).isEmpty();
        simulation.accept(Flows.flow(0, "10.0.0.2", "10.0.0.3", 5432));
        assertThat(simulation.changes()).singleElement().satisfies(change -> assertThat(change.effect())
                .isEqualTo(Change.Effect.OPENS));
    }

    @Test
    void servicesAreSeenAsThePodsAndPortsBehindThem() {
        Simulation simulation = simulation(null, SHOP, DB_POD, DB_SERVICE, DB);
        simulation.accept(Flows.flow(0, "10.0.0.2", "10.96.0.9", 15432));
        assertThat(simulation.changes()).isEmpty();
        simulation.accept(Flows.flow(0, "10.0.0.1", "10.96.0.9", 15432));
        assertThat(simulation.changes()).singleElement().satisfies(change -> assertThat(change.effect())
                .isEqualTo(Change.Effect.BREAKS));
    }

    @Test
    void recordWinsAndUndescribedPodsAreUnclear() {
        Simulation simulation = simulation(null, SHOP, DB_POD, DB);
        Flow labelled = Flows.of(
                0,
                Flows.pod("shop", "gone-1", "gone", Map.of("app", "api"), "10.0.0.77", 1),
                Flows.flow(0, "10.0.0.2", "10.0.0.3", 5432).destination(),
                Verdict.FORWARDED);
        simulation.accept(labelled);
        assertThat(simulation.changes()).isEmpty();
        Flow nameless = Flows.of(
                0, Flows.pod("shop", "who-1", "who", null, "10.0.0.78", 1), labelled.destination(), Verdict.FORWARDED);
        simulation.accept(nameless);
        assertThat(simulation.changes()).singleElement().satisfies(change -> {
            assertThat(change.effect()).isEqualTo(Change.Effect.UNCLEAR);
            assertThat(change.because())
                    .isEqualTo("It depends on labels of shop/who (Deployment), which nothing describes.");
        });
    }

    @Test
    void defaultDenyClosesPodsOfUnknownLabels() {
        Simulation simulation = simulation(null, YamlClusters.DEFAULT_DENY);
        simulation.accept(Flows.of(
                0,
                Flows.pod("shop", "a-1", "a", null, "10.0.0.78", 1),
                Flows.pod("shop", "b-1", "b", null, "10.0.0.79", 80),
                Verdict.FORWARDED));
        assertThat(simulation.changes()).extracting(Change::effect).containsExactly(Change.Effect.BREAKS);
    }

    @Test
    void servicesLeadToTheirFamilyAndToHostPods() {
        Simulation simulation = simulation(null, """
                {kind: Pod, metadata: {name: a, namespace: n, labels: {app: a}}, status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}}
                ---
                {kind: Pod, metadata: {name: b, namespace: n, labels: {app: b}}, status: {podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}, {ip: "fd00::2"}]}}
                ---
                {kind: Service, metadata: {name: b, namespace: n}, spec: {selector: {app: b}, clusterIP: "fd00:1::1", ports: [{port: 80}]}}
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: v6, namespace: n}
                spec:
                  podSelector: {matchLabels: {app: a}}
                  policyTypes: [Egress]
                  egress: [{to: [{ipBlock: {cidr: "fd00::/64"}}]}]
                """);
        simulation.accept(Flows.flow(0, "fd00::1", "fd00:1::1", 80));
        assertThat(simulation.changes()).isEmpty();
    }

    private static Simulation simulation(@Nullable PolicySet current, String... proposed) {
        ManifestFile file = YamlClusters.file(proposed);
        Cluster cluster = Cluster.of(file.manifests());
        assertThat(cluster.problems()).isEmpty();
        List<dev.weir.common.manifest.Manifest> manifests = file.manifests();
        return new Simulation(
                new Recorded(cluster, manifests, List.of(cluster.policies())), current, cluster.policies());
    }
}
