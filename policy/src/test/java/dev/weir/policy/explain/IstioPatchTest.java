package dev.weir.policy.explain;

import static dev.weir.policy.YamlClusters.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.L7;
import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IstioPatchTest {
    private static final String MESH = SHOP.replace(
            "{containers: [{ports: [{containerPort: 9000}]}]}",
            "{containers: [{ports: [{containerPort: 9000}]}, {name: istio-proxy}]}");

    private static final String API = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: api, namespace: shop}
            spec:
              selector: {matchLabels: {app: api}}
              rules:
              - from: [{source: {principals: [cluster.local/ns/shop/sa/admin]}}]
            ---
            """;

    private static final String CLOSED = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: closed, namespace: shop}
            spec: {}
            ---
            """;

    @Test
    void ruleByIdentityIsAddedToTheNearestPolicy() {
        assertThat(mesh(sidecarsEverywhere(), null, API).patch()).isEqualTo("""
                # kubectl patch authorizationpolicy api -n shop --type json --patch-file FILE
                - op: add
                  path: /spec/rules/-
                  value:
                    from:
                      - source:
                          principals:
                            - cluster.local/ns/shop/sa/default
                    to:
                      - operation:
                          ports:
                            - "9000"
                """);
    }

    @Test
    void requestIsNamedIfItIsKnown() {
        L7 post = new L7(null, new L7.Http("POST", null, "/orders", null), null);
        assertThat(mesh(sidecarsEverywhere(), post, API).patch()).endsWith("""
                            - "9000"
                          methods:
                            - POST
                          paths:
                            - /orders
                """);
    }

    @Test
    void sourceWithoutIdentityIsNamedByItsAddress() {
        assertThat(mesh(MESH, null, API).patch())
                .contains("          ipBlocks:\n            - 10.0.0.1/32\n")
                .doesNotContain("principals");
    }

    @Test
    void policyOfOneWorkloadIsAddedToDefaultDeny() {
        String patch = mesh(MESH, null, CLOSED).patch();
        assertThat(patch)
                .startsWith("# kubectl apply -f FILE\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n")
                .contains("  selector:\n    matchLabels:\n      app: api\n  action: ALLOW\n  rules:\n");
    }

    @Test
    void rulesThatDenyHaveNoPatch() {
        SideExplanation mesh = mesh(
                MESH,
                null,
                API.replace("  selector", "  action: DENY\n  selector").replaceAll("(?m)^  - from.*", "  - {}"));
        assertThat(mesh.patch()).isNull();
        assertThat(mesh.sentence())
                .isEqualTo("AuthorizationPolicy shop/api rules[0] denies TCP/9000 from shop/web-1."
                        + " No rule that allows overrides this entry: it must be changed itself.");
    }

    private static String sidecarsEverywhere() {
        return MESH.replace(
                "{containers: [{ports: [{containerPort: 8080, name: http}]}]}",
                "{containers: [{ports: [{containerPort: 8080, name: http}]}, {name: istio-proxy}]}");
    }

    private static SideExplanation mesh(String pods, @Nullable L7 l7, String policies) {
        Cluster cluster = YamlClusters.of(pods, policies);
        Traffic traffic = new Traffic(
                cluster.pod("shop", "web-1").peers().get(0),
                cluster.pod("shop", "api-1").peers().get(0),
                "TCP",
                9000,
                l7);
        return Objects.requireNonNull(
                Explainer.explain(cluster.policies(), traffic).mesh());
    }
}
