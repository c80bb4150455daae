package dev.weir.policy.dialect.calico;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Expected;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import dev.weir.policy.explain.Explainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Traffic of hosts and of the pods on them. */
class CalicoHostTest {
    private static final String WORLD = """
            {kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 10.9.0.1}]}}
            ---
            {kind: Node, metadata: {name: n2}, status: {addresses: [{type: InternalIP, address: 10.9.0.2}]}}
            ---
            {kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}},
             spec: {nodeName: n1, containers: [{ports: [{name: http, containerPort: 8080}]}]}, status: {podIP: 10.0.0.1}}
            ---
            {kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {nodeName: n2, containers: []},
             status: {podIP: 10.0.1.1}}
            ---
            {kind: Pod, metadata: {name: agent, namespace: shop, labels: {app: agent}},
             spec: {nodeName: n1, hostNetwork: true, containers: [{ports: [{name: http, containerPort: 8080}]}]},
             status: {podIP: 10.9.0.1}}
            ---
            """;

    private static final String CLOSED = "{apiVersion: projectcalico.org/v3, kind: NetworkPolicy,"
            + " metadata: {name: p, namespace: shop}, spec: {types: [Ingress, Egress]}}";

    private static String host(String spec) {
        return "{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: n1},"
                + " spec: {node: n1, expectedIPs: [10.9.0.1], " + spec + "}}\n---\n";
    }

    private static Peer peer(Cluster cluster, String end) {
        Member pod = cluster.pod("shop", end);
        return pod == null ? cluster.at(end) : pod.peers().get(0);
    }

    private static Traffic traffic(Cluster cluster, String from, String to) {
        return new Traffic(peer(cluster, from), peer(cluster, to), "TCP", 8080);
    }

    private static Expected decide(Cluster cluster, String from, String to) {
        return cluster.policies().decide(traffic(cluster, from, to)).expected();
    }

    @ParameterizedTest
    @CsvSource({
        "web,      10.9.0.1, DENY",
        "web,      agent,    DENY",
        "web,      10.9.0.2, DENY",
        "10.9.0.1, web,      UNSELECTED",
        "agent,    web,      UNSELECTED",
        "10.9.0.2, web,      DENY",
    })
    void ownHostIsBoundByEgressOfThePodAlone(String from, String to, Expected expected) {
        assertThat(decide(YamlClusters.of(WORLD, CLOSED), from, to)).isEqualTo(expected);
    }

    @Test
    void trafficFromOwnHostIsExplained() {
        Cluster cluster = YamlClusters.of(WORLD, CLOSED);
        Traffic traffic = traffic(cluster, "10.9.0.1", "web");
        assertThat(Explainer.explain(cluster.policies(), traffic).ingress().sentence())
                .isEqualTo("The policies that select shop/web do not bind TCP/8080 from node n1,"
                        + " since both ends are on one node.");
    }

    @ParameterizedTest
    @CsvSource({"eth0, UNSELECTED", "'*', DENY"})
    void hostReachesItselfByAllInterfacesAlone(String interfaceName, Expected expected) {
        Cluster cluster = YamlClusters.of(WORLD, host("interfaceName: '" + interfaceName + "'"));
        assertThat(decide(cluster, "10.9.0.1", "10.9.0.1")).isEqualTo(expected);
        assertThat(decide(cluster, "agent", "10.9.0.1")).isEqualTo(expected);
        assertThat(decide(cluster, "web", "10.9.0.1")).isEqualTo(Expected.UNSELECTED);
        assertThat(decide(cluster, "10.9.0.2", "10.9.0.1")).isEqualTo(Expected.DENY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "apiVersion: projectcalico.org/v3, spec: {egress: [{action: Allow, protocol: TCP,"
                        + " destination: {ports: [http]}}]}",
                "apiVersion: networking.k8s.io/v1, spec: {podSelector: {}, policyTypes: [Egress],"
                        + " egress: [{ports: [{port: http}]}]}"
            })
    void podOnHostsNetworkHasNoNamesOfPorts(String policy) {
        Cluster cluster = YamlClusters.of(
                WORLD,
                "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: none}}\n---\n",
                "{kind: NetworkPolicy, metadata: {name: p, namespace: shop}, " + policy + "}");
        assertThat(decide(cluster, "db", "web")).isEqualTo(Expected.ALLOW);
        assertThat(decide(cluster, "db", "agent")).isEqualTo(Expected.DENY);
    }

    @ParameterizedTest
    @CsvSource({"TCP, 8080, ALLOW", "6, 8080, ALLOW", "UDP, 8080, DENY", "TCP, 8081, DENY"})
    void hostEndpointNamesPortsOfItsNode(String protocol, int port, Expected expected) {
        Cluster cluster = YamlClusters.of(
                WORLD,
                host("ports: [{name: admin, protocol: " + protocol + ", port: " + port + "}]"),
                "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p}, spec:"
                        + " {ingress: [{action: Allow, protocol: TCP, destination: {ports: [admin]}}]}}");
        assertThat(decide(cluster, "10.9.0.2", "10.9.0.1")).isEqualTo(expected);
        assertThat(decide(cluster, "10.9.0.2", "agent")).isEqualTo(expected);
        assertThat(decide(cluster, "10.9.0.2", "web")).isEqualTo(Expected.DENY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            protocol: TCP, port: 80           | is missing
            name: a/b, protocol: TCP, port: 1 | is not a name of a port
            name: a, port: 80                 | is missing
            name: a, protocol: ICMP, port: 80 | must be TCP, UDP or SCTP
            name: a, protocol: TCP, port: 0   | outside 1..65535
            """)
    void incompletePortOfAHostEndpointIsRefused(String port, String message) {
        Cluster cluster = YamlClusters.of(WORLD, host("ports: [{" + port + "}]"));
        assertThat(cluster.mistakesInForce()).singleElement().satisfies(problem -> assertThat(problem.message())
                .contains(message));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            selector: all()                                        | ALLOW
            namespaceSelector: all()                               | DENY
            namespaceSelector: '!has(env)'                         | ALLOW
            serviceAccountSelector: all()                          | DENY
            serviceAccountSelector: '!has(role)'                   | ALLOW
            serviceAccountSelector: has(role)                      | DENY
            selector: all(), serviceAccountSelector: '!has(role)'  | DENY
            """)
    void selectorsOfPodsSelectHostEndpointsByAbsence(String selectors, Expected expected) {
        Cluster cluster = YamlClusters.of(
                WORLD,
                host("interfaceName: eth0"),
                "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p}, spec: {" + selectors
                        + ", ingress: [{action: Allow}]}}");
        assertThat(decide(cluster, "10.9.0.2", "10.9.0.1")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            []                                           | DENY
            [passes]                                     | DENY
            [passes, projectcalico-default-allow]        | ALLOW
            [silent, passes, projectcalico-default-allow] | ALLOW
            [passes, absent, projectcalico-default-allow] | DENY
            """)
    void profilesAreAskedInTheirOrder(String profiles, Expected expected) {
        Cluster cluster = YamlClusters.of(
                WORLD,
                "{apiVersion: projectcalico.org/v3, kind: Profile, metadata: {name: silent}}\n---\n",
                "{apiVersion: projectcalico.org/v3, kind: Profile, metadata: {name: passes},"
                        + " spec: {ingress: [{action: Pass}, {action: Deny}]}}\n---\n",
                host("profiles: " + profiles));
        assertThat(decide(cluster, "10.9.0.2", "10.9.0.1")).isEqualTo(expected);
    }
}
