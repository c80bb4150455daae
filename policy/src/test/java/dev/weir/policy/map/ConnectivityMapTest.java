package dev.weir.policy.map;

import static dev.weir.policy.YamlClusters.DB;
import static dev.weir.policy.YamlClusters.DEFAULT_DENY;
import static dev.weir.policy.YamlClusters.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Expected;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectivityMapTest {
    private static final String EGRESS = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: api, namespace: shop}
            spec:
              podSelector: {matchLabels: {app: api}}
              egress:
              - to: [{podSelector: {matchLabels: {app: db}}}]
                ports: [{port: 5000, endPort: 6000}, {port: 53, protocol: UDP}]
              - to: [{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.128/25]}}]
                ports: [{port: 443}]
            ---
            """;

    @Test
    void connectionsAllowedByBothSidesAreShown() {
        ConnectivityMap map = ConnectivityMap.of(YamlClusters.of(SHOP, DEFAULT_DENY, DB, EGRESS));
        assertThat(lines(map))
                .containsExactlyInAnyOrder(
                        "shop/api-1 (Pod) -> shop/db (StatefulSet): TCP 5432",
                        "shop/api-1 (Pod) -> 192.0.2.0/24 without the blocks in it: TCP 443");
    }

    @Test
    void withoutPoliciesEverythingIsOneGroupAndAllIsOpen() {
        ConnectivityMap map = ConnectivityMap.of(YamlClusters.of(SHOP));
        assertThat(map.groups().get(0).members()).hasSize(1);
        assertThat(lines(map)).contains("shop/db (StatefulSet) -> anywhere outside the cluster (IPv4): all");
    }

    @Test
    void everyPortOfTheMapIsWhatTheEngineDecides() {
        Cluster cluster = YamlClusters.of(SHOP, DB, EGRESS);
        ConnectivityMap map = ConnectivityMap.of(cluster);
        for (Connection connection : map.connections()) {
            for (String protocol : List.of("TCP", "UDP", "SCTP")) {
                for (int port = 1; port <= 65_535; port += port < 7_000 ? 1 : 500) {
                    Peer from = connection.from().peer();
                    boolean decided = cluster.policies()
                                    .decide(new Traffic(from, connection.to().peer(), protocol, port))
                                    .expected()
                            != Expected.DENY;
                    int at = port;
                    boolean shown = connection.allowed().ranges().getOrDefault(protocol, List.of()).stream()
                            .anyMatch(range -> range.first() <= at && at <= range.last());
                    assertThat(shown)
                            .as(connection.display() + " at " + protocol + "/" + port)
                            .isEqualTo(decided);
                }
            }
        }
    }

    @Test
    void addressesOfBothFamiliesAreSeen() {
        ConnectivityMap map = ConnectivityMap.of(YamlClusters.of("""
                {kind: Pod, metadata: {name: a, namespace: x, labels: {app: a}}, status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}}
                ---
                {kind: Pod, metadata: {name: b, namespace: x, labels: {app: b}}, status: {podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}, {ip: "fd00::2"}]}}
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: six, namespace: x}
                spec: {podSelector: {matchLabels: {app: b}}, ingress: [{from: [{ipBlock: {cidr: "fd00::/8"}}]}]}
                """));
        assertThat(lines(map))
                .contains(
                        "x/a (Pod) a over IPv6 -> x/b (Pod) b over IPv6: all", "fd00::/8 -> x/b (Pod) b over IPv6: all")
                .doesNotContain(
                        "anywhere outside the cluster (IPv4) -> x/b (Pod) b over IPv4: all",
                        "anywhere outside the cluster (IPv6) -> x/b (Pod) b over IPv6: all");
    }

    @Test
    void differenceNamesBeforeAndAfter() {
        Cluster cluster = YamlClusters.of(SHOP, DEFAULT_DENY, DB, EGRESS);
        List<ConnectivityMap.Difference> differences = ConnectivityMap.compare(
                cluster,
                cluster.policies(),
                YamlClusters.of(SHOP, DEFAULT_DENY, DB.replace("port: 5432", "port: 5433"), EGRESS)
                        .policies());
        assertThat(differences).singleElement().satisfies(difference -> {
            assertThat(difference.before().display()).isEqualTo("TCP 5432");
            assertThat(difference.after().display()).isEqualTo("TCP 5433");
        });
    }

    @Test
    void allFormsHoldTheSameConnections() {
        ConnectivityMap map = ConnectivityMap.of(YamlClusters.of(SHOP, DEFAULT_DENY, DB, EGRESS));
        assertThat(MapText.dot(map))
                .contains("\"shop/api-1 (Pod)\" -> \"shop/db (StatefulSet)\" [label=\"TCP 5432\"];");
        assertThat(MapText.json(map).path("connections")).hasSize(2);
        assertThat(MapText.html(map)).contains("\"allowed\":\"TCP 5432\"").doesNotContain("/*DATA*/");
    }

    private static List<String> lines(ConnectivityMap map) {
        return map.connections().stream()
                .map(connection ->
                        connection.from().display() + " -> " + connection.to().display() + ": " + connection.display())
                .toList();
    }
}
