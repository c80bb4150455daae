package dev.weir.policy.dialect.cilium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Expected;
import dev.weir.model.L7;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CiliumDialectTest {
    private static final String WORLD = """
            {kind: Node, metadata: {name: n1, labels: {zone: a}}, status: {addresses: [{type: InternalIP, address: 10.9.0.1}]}}
            ---
            {kind: Node, metadata: {name: n2}, status: {addresses: [{type: InternalIP, address: 10.9.0.2}]}}
            ---
            {kind: Endpoints, apiVersion: v1, metadata: {name: kubernetes, namespace: default}, subsets: [{addresses: [{ip: 10.9.0.2}]}]}
            ---
            {kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}},
             spec: {nodeName: n1, serviceAccountName: front, containers: [{ports: [{name: http, containerPort: 8080}]}]},
             status: {podIP: 10.0.0.1}}
            ---
            {kind: Pod, metadata: {name: api, namespace: pay, labels: {app: api}}, spec: {nodeName: n1, containers: []},
             status: {podIP: 10.0.0.2}}
            ---
            {kind: Pod, metadata: {name: agent, namespace: pay},
             spec: {nodeName: n1, hostNetwork: true, containers: [{ports: [{name: http, containerPort: 9090}]}]},
             status: {podIP: 10.9.0.1}}
            ---
            {kind: CiliumCIDRGroup, apiVersion: cilium.io/v2, metadata: {name: partners}, spec: {externalCIDRs: [192.0.2.0/24]}}
            ---
            """;

    private static Cluster with(String spec) {
        return YamlClusters.of(WORLD, policy(spec));
    }

    private static Peer peer(Cluster cluster, String end) {
        Member pod = cluster.pod(end.equals("web") ? "shop" : "pay", end);
        return pod == null ? cluster.at(end) : pod.peers().get(0);
    }

    private static Expected decide(Cluster cluster, String from, String to, int port, @Nullable L7 l7) {
        return cluster.policies()
                .decide(new Traffic(peer(cluster, from), peer(cluster, to), "TCP", port, l7))
                .expected();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ingress: [{}]                                                     | api         | 8080 | DENY
            ingress: []\\, egress: [{toEntities: [all]}]                      | api         | 8080 | UNSELECTED
            ingress: [{fromEntities: [world]}]                                | 192.0.2.1   | 8080 | ALLOW
            ingress: [{fromEntities: [world]}]                                | api         | 8080 | DENY
            ingress: [{fromEntities: [cluster]}]                              | api         | 8080 | ALLOW
            ingress: [{fromCIDR: [0.0.0.0/0]}]                                | api         | 8080 | DENY
            ingress: [{fromCIDR: [0.0.0.0/0]}]                                | 10.9.0.1    | 8080 | UNSELECTED
            ingress: [{fromCIDR: [0.0.0.0/0]}]                                | agent       | 8080 | UNSELECTED
            ingress: [{fromCIDR: [0.0.0.0/0]}]                                | 10.9.0.2    | 8080 | DENY
            ingress: [{fromEntities: [kube-apiserver]}]                       | 10.9.0.2    | 8080 | ALLOW
            ingressDeny: [{fromEntities: [host]}]                             | 10.9.0.1    | 8080 | DENY
            ingressDeny: [{fromEntities: [host]}]                             | api         | 8080 | DENY
            ingressDeny: [{fromEntities: [host]}]\\, enableDefaultDeny: {ingress: false} | api | 8080 | UNSELECTED
            ingress: [{fromEndpoints: [{}]}]                                  | api         | 8080 | DENY
            ingress: [{fromEndpoints: []}]                                    | api         | 8080 | DENY
            'ingress: [{fromEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: pay}}]}]' | api | 8080 | ALLOW
            'ingress: [{fromCIDRSet: [{cidrGroupRef: partners, except: [192.0.2.128/25]}]}]' | 192.0.2.1 | 1 | ALLOW
            'ingress: [{fromCIDRSet: [{cidrGroupRef: partners, except: [192.0.2.128/25]}]}]' | 192.0.2.200 | 1 | DENY
            'ingress: [{toPorts: [{ports: [{port: http, protocol: TCP}]}]}]'  | api         | 8080 | ALLOW
            'ingress: [{toPorts: [{ports: [{port: "8000", endPort: 9000}]}]}]' | api        | 8080 | ALLOW
            'ingress: [{fromEntities: [all]}], ingressDeny: [{toPorts: [{ports: [{port: "8080"}]}]}]' | api | 8080 | DENY
            """)
    void entryDecides(String spec, String from, int port, Expected expected) {
        assertThat(decide(with(spec), from, "web", port, null)).isEqualTo(expected);
    }

    @Test
    void requestDecidesWhereARuleTestsIt() {
        Cluster cluster = with("ingress: [{toPorts: [{ports: [{port: '8080', protocol: TCP}],"
                + " rules: {http: [{method: GET, path: '/items/.*'}]}}]}]");
        assertThat(decide(cluster, "api", "web", 8080, null)).isEqualTo(Expected.UNKNOWN);
        assertThat(decide(cluster, "api", "web", 8080, get("/items/7"))).isEqualTo(Expected.ALLOW);
        assertThat(decide(cluster, "api", "web", 8080, get("/admin"))).isEqualTo(Expected.DENY);
        assertThat(decide(cluster, "api", "web", 81, get("/items/7"))).isEqualTo(Expected.DENY);
    }

    private static L7 get(String path) {
        return new L7(null, new L7.Http("GET", "shop.example", path, null), null);
    }

    @Test
    void requirementBindsTheSelectorsOfOtherPolicies() {
        Cluster cluster = YamlClusters.of(
                WORLD,
                policy("a", "ingress: [{fromRequires: [{matchLabels: {tier: front}}]}]"),
                policy(
                        "b",
                        "ingress: [{fromEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: pay}}]},"
                                + " {fromEntities: [world]}]"));
        assertThat(decide(cluster, "api", "web", 8080, null)).isEqualTo(Expected.DENY);
        assertThat(decide(cluster, "192.0.2.1", "web", 8080, null)).isEqualTo(Expected.ALLOW);
    }

    @ParameterizedTest
    @CsvSource({
        "'CiliumNetworkPolicy, metadata: {name: p, namespace: shop}', ALLOW, ALLOW",
        "'CiliumClusterwideNetworkPolicy, metadata: {name: p}',       ALLOW, DENY",
    })
    void policyOfTheClusterConfinesLabelsOfNamespacesToPods(String kind, Expected fromPod, Expected fromWorld) {
        Cluster cluster = YamlClusters.of(
                WORLD,
                "{apiVersion: cilium.io/v2, kind: " + kind + ", spec: {endpointSelector: {matchLabels: {app: web}},"
                        + " ingress: [{fromEndpoints: [{matchExpressions: [{operator: DoesNotExist,"
                        + " key: io.cilium.k8s.namespace.labels.team}]}]}]}}");
        assertThat(decide(cluster, "api", "web", 8080, null)).isEqualTo(fromPod);
        assertThat(decide(cluster, "192.0.2.1", "web", 8080, null)).isEqualTo(fromWorld);
    }

    private static String policy(String name, String spec) {
        return "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: " + name
                + ", namespace: shop}, spec: {endpointSelector: {}, " + spec + "}}\n---\n";
    }

    @Test
    void eachOfSeveralRuleObjectsHasItsOwnSelector() {
        Cluster cluster = YamlClusters.of(
                WORLD,
                "{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {name: c}, specs: ["
                        + "{endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEntities: [none]}]},"
                        + "{endpointSelector: {matchLabels: {app: api}}, egress: [{toEntities: [all]}]}]}");
        assertThat(cluster.policies().size()).isEqualTo(2);
        assertThat(decide(cluster, "api", "web", 8080, null)).isEqualTo(Expected.DENY);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, DENY",
        "10.9.0.2,  DENY",
        "api,       DENY",
        "10.9.0.1,  UNSELECTED",
        "agent,     UNSELECTED",
    })
    void policyOfNodesIsAboutTrafficWithOthers(String from, Expected expected) {
        assertThat(decide(ofNodes("ingress: [{}]"), from, "10.9.0.1", 8080, null))
                .isEqualTo(expected);
    }

    @Test
    void nodeHasNoNamesOfPorts() {
        Cluster cluster = ofNodes("ingress: [{toPorts: [{ports: [{port: http, protocol: TCP}]}]}]");
        assertThat(decide(cluster, "192.0.2.1", "agent", 9090, null)).isEqualTo(Expected.DENY);
    }

    @Test
    void podOnHostsNetworkGivesNoNumberToANameOfAPort() {
        Cluster cluster =
                YamlClusters.of(WORLD, policy("p", "egress: [{toPorts: [{ports: [{port: http, protocol: TCP}]}]}]"));
        assertThat(decide(cluster, "web", "192.0.2.1", 8080, null)).isEqualTo(Expected.ALLOW);
        assertThat(decide(cluster, "web", "192.0.2.1", 9090, null)).isEqualTo(Expected.DENY);
    }

    private static Cluster ofNodes(String spec) {
        return YamlClusters.of(
                WORLD,
                "{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {name: c}, spec:"
                        + " {nodeSelector: {matchLabels: {zone: a}}, " + spec + "}}");
    }

    @Test
    void networkPolicyIsEnforcedAsCiliumDoes() {
        Cluster cluster = YamlClusters.of(
                WORLD,
                "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: np, namespace: shop}, spec:"
                        + " {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}}");
        assertThat(decide(cluster, "192.0.2.1", "web", 8080, null)).isEqualTo(Expected.ALLOW);
        assertThat(decide(cluster, "api", "web", 8080, null))
                .as("a block holds no pod")
                .isEqualTo(Expected.DENY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ingress: [{fromEntities: [moon]}]                                        | is not an entity
            ingress: [{fromCIDR: [10.0.0.1]}]                                        | has no length of a prefix
            'ingress: [{fromCIDR: [10.0.0.0/8], fromEntities: [all]}]'               | cannot go with
            'ingress: [{toPorts: [{ports: [{port: 80}]}]}]'                          | must be a string
            'ingressDeny: [{toPorts: [{ports: [{port: "80"}], rules: {http: []}}]}]' | cannot stand in an entry that denies
            'egressDeny: [{toFQDNs: [{matchName: a.example}]}]'                      | is not a field
            'description: nothing'                                                   | has none of ingress
            """)
    void mistakeIsNamed(String spec, String message) {
        assertThat(with(spec).mistakesInForce()).singleElement().satisfies(problem -> assertThat(problem.message())
                .contains(message));
    }

    /** The ConfigMap says in turn: the firewall of nodes, blocks about nodes, and selectors of the own cluster. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "-                                   | ingress: [{fromCIDR: [10.9.0.0/24]}]                  | DENY",
                "policy-cidr-match-mode: nodes       | ingress: [{fromCIDR: [10.9.0.0/24]}]                  | ALLOW",
                "policy-cidr-match-mode: ''          | ingress: [{fromCIDR: [10.9.0.0/24]}]                  | DENY",
                "-                                   | ingress: [{fromEndpoints: [{matchExpressions: "
                        + "[{key: io.kubernetes.pod.namespace, operator: NotIn, values: [x]}]}]}] | ALLOW",
                "policy-default-local-cluster: true  | ingress: [{fromEndpoints: [{matchExpressions: "
                        + "[{key: io.kubernetes.pod.namespace, operator: NotIn, values: [x]}]}]}] | DENY",
            })
    void settingsDecideWhichPeersAreMeant(@Nullable String setting, String spec, Expected expected) {
        Cluster cluster = YamlClusters.of(WORLD, settings(setting), policy(spec));
        assertThat(decide(cluster, "10.9.0.2", "web", 8080, null)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"-, DENY", "enable-host-firewall: 'true', DENY", "enable-host-firewall: 'false', UNSELECTED"})
    void policiesOfNodesNeedTheHostFirewall(@Nullable String setting, Expected expected) {
        Cluster cluster = YamlClusters.of(
                WORLD,
                settings(setting),
                "{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {name: p}, spec: "
                        + "{nodeSelector: {}, ingress: [{}]}}");
        assertThat(decide(cluster, "192.0.2.1", "10.9.0.2", 8080, null)).isEqualTo(expected);
    }

    private static String settings(@Nullable String setting) {
        return setting == null
                ? ""
                : "{apiVersion: v1, kind: ConfigMap, metadata: {name: cilium-config, namespace: kube-system}, data: {"
                        + setting.replace(": true", ": 'true'") + "}}\n---\n";
    }

    private static String policy(String spec) {
        return "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: p, namespace: shop}, spec: "
                + "{endpointSelector: {matchLabels: {app: web}}, " + spec + "}}";
    }
}
