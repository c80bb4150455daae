package dev.weir.policy.explain;

import static dev.weir.policy.YamlClusters.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.L7;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CiliumPatchTest {
    private static final String NODE = """
            {kind: Node, metadata: {name: n1, labels: {kubernetes.io/hostname: n1}},
             status: {addresses: [{type: InternalIP, address: 172.18.0.2}]}}
            ---
            """;

    private static final String API = """
            apiVersion: cilium.io/v2
            kind: CiliumNetworkPolicy
            metadata: {name: api, namespace: shop}
            specs:
            - endpointSelector: {matchLabels: {app: db}}
              ingress: [{fromEndpoints: [{matchLabels: {app: api}}]}]
            - endpointSelector: {matchLabels: {app: api}}
              ingress:
              - fromEndpoints: [{matchLabels: {app: admin}}]
                toPorts: [{ports: [{port: "9000", protocol: TCP}]}]
            ---
            """;

    private static final String CLOSED = """
            apiVersion: cilium.io/v2
            kind: CiliumNetworkPolicy
            metadata: {name: closed, namespace: shop}
            spec:
              endpointSelector: {}
              egress: [{}]
            ---
            """;

    @Test
    void entryIsAddedToTheNearestPolicy() {
        assertThat(explain("web-1", "api-1", null, API).ingress().patch()).isEqualTo("""
                # kubectl patch ciliumnetworkpolicy api -n shop --type json --patch-file FILE
                - op: add
                  path: /specs/1/ingress/-
                  value:
                    fromEndpoints:
                      - matchLabels:
                          app: web
                    toPorts:
                      - ports:
                          - port: "9000"
                            protocol: TCP
                """);
    }

    @Test
    void policyOfOneWorkloadIsAddedToDefaultDeny() {
        String patch = explain("web-1", "api-1", null, CLOSED).egress().patch();
        assertThat(patch).isEqualTo("""
                # kubectl apply -f FILE
                apiVersion: cilium.io/v2
                kind: CiliumNetworkPolicy
                metadata:
                  name: %s
                  namespace: shop
                spec:
                  endpointSelector:
                    matchLabels:
                      app: web
                  enableDefaultDeny:
                    ingress: false
                    egress: false
                  egress:
                    - toEndpoints:
                        - matchLabels:
                            app: api
                      toPorts:
                        - ports:
                            - port: "9000"
                              protocol: TCP
                """.formatted(name(patch)));
    }

    @Test
    void requestIsAllowedWhereRequestsDecide() {
        String http = API.replace("app: admin", "app: web")
                .replace("protocol: TCP}]", "protocol: TCP}], rules: {http: [{method: GET, path: /}]}");
        L7 post = new L7(null, new L7.Http("POST", null, "/v1.0/orders", null), null);
        assertThat(explain("web-1", "api-1", post, http).ingress().patch()).endsWith("""
                            protocol: TCP
                        rules:
                          http:
                            - method: POST
                              path: /v1\\.0/orders
                """);
        L7 withoutPath = new L7(null, new L7.Http("POST", null, null, null), null);
        assertThat(explain("web-1", "api-1", withoutPath, http).ingress().patch())
                .isNull();
    }

    @Test
    void endsThatAreNoPodsAreEntitiesOrBlocks() {
        assertThat(explain("web-1", "172.18.0.2", null, CLOSED).egress().patch())
                .contains(
                        "# Cilium selects no single node: this is about", "    - toEntities:\n        - remote-node\n");
        assertThat(explain("web-1", "192.0.2.1", null, CLOSED).egress().patch())
                .contains("    - toCIDR:\n        - 192.0.2.1/32\n");
        String apiServer = """
                {kind: Endpoints, apiVersion: v1, metadata: {name: kubernetes, namespace: default},
                 subsets: [{addresses: [{ip: 172.18.0.2}]}]}
                ---
                """;
        assertThat(explain("web-1", "172.18.0.2", null, CLOSED + apiServer)
                        .egress()
                        .patch())
                .contains("    - toEntities:\n        - kube-apiserver\n")
                .doesNotContain("single node");
    }

    @Test
    void denialByEntrySaysThatItMustBeChanged() {
        String guard = """
                apiVersion: cilium.io/v2
                kind: CiliumClusterwideNetworkPolicy
                metadata: {name: guard}
                spec:
                  endpointSelector: {}
                  ingressDeny: [{toPorts: [{ports: [{port: "9000"}]}]}]
                """;
        SideExplanation ingress = explain("web-1", "api-1", null, API + guard).ingress();
        assertThat(ingress.patch()).isNull();
        assertThat(ingress.sentence())
                .isEqualTo("CiliumClusterwideNetworkPolicy guard ingressDeny[0] denies TCP/9000 from shop/web-1."
                        + " No rule that allows overrides this entry: it must be changed itself.");
    }

    @Test
    void tightestDenialClosesNothingElse() {
        Cluster cluster = YamlClusters.of(SHOP, NODE, API);
        String denial = DenyPolicy.of(cluster.policies(), traffic(cluster, "api-1", "web-1", null));
        assertThat(denial).isEqualTo("""
                # kubectl apply -f FILE
                apiVersion: cilium.io/v2
                kind: CiliumNetworkPolicy
                metadata:
                  name: %s
                  namespace: shop
                spec:
                  endpointSelector:
                    matchLabels:
                      app: web
                  enableDefaultDeny:
                    ingress: false
                    egress: false
                  ingressDeny:
                    - fromEndpoints:
                        - matchLabels:
                            app: api
                      toPorts:
                        - ports:
                            - port: "9000"
                              protocol: TCP
                """.formatted(name(denial)));
    }

    private static String name(@Nullable String yaml) {
        return String.valueOf(yaml).replaceAll("(?s).*\n  name: ", "").replaceAll("(?s)\n.*", "");
    }

    private static Explanation explain(String from, String to, @Nullable L7 l7, String policies) {
        Cluster cluster = YamlClusters.of(SHOP, NODE, policies);
        return Explainer.explain(cluster.policies(), traffic(cluster, from, to, l7));
    }

    private static Traffic traffic(Cluster cluster, String from, String to, @Nullable L7 l7) {
        Peer source = on(cluster.pod("shop", from).peers().get(0), "n2");
        Peer destination = to.contains(".")
                ? cluster.at(to)
                : cluster.pod("shop", to).peers().get(0);
        return new Traffic(source, destination, "TCP", 9000, l7);
    }

    private static Peer on(Peer pod, String node) {
        return Peer.pod(pod.ip(), pod.pod(), node);
    }
}
