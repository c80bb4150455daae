package dev.weir.policy.explain;

import static dev.weir.policy.YamlClusters.DB;
import static dev.weir.policy.YamlClusters.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CalicoPatchTest {
    private static final String TIER = """
            {kind: Tier, apiVersion: projectcalico.org/v3, metadata: {name: security}, spec: {order: 100}}
            ---
            """;

    private static final String GUARD = """
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: security.guard}
            spec:
              tier: security
              order: 10
              selector: app == 'api'
              ingress:
              - {action: Deny, source: {selector: app == 'web'}}
              - {action: Pass}
            ---
            """;

    @Test
    void allowComesJustBeforeThePolicyThatDenies() {
        String patch = explain(TIER, GUARD).ingress().patch();
        assertThat(patch).isEqualTo("""
                # kubectl apply -f FILE
                apiVersion: projectcalico.org/v3
                kind: NetworkPolicy
                metadata:
                  name: %s
                  namespace: shop
                spec:
                  tier: security
                  order: 9
                  selector: app == 'api'
                  types:
                    - Ingress
                  ingress:
                    - action: Allow
                      protocol: TCP
                      source:
                        selector: app == 'web'
                      destination:
                        ports:
                          - 9000
                """.formatted(name(patch)));
        assertThat(name(patch)).startsWith("security.allow-web-to-api-tcp-9000-ingress-");
    }

    @Test
    void allowIsLastWhereTheTierEndsWithDeny() {
        String closed = GUARD.replace("- {action: Deny, source: {selector: app == 'web'}}", "")
                .replace("- {action: Pass}", "- {action: Allow, source: {selector: app == 'db'}}");
        assertThat(explain(TIER, closed).ingress().patch())
                .contains("  tier: security\n  selector: app == 'api'\n")
                .doesNotContain("order:");
    }

    @Test
    void policyIsOfTheGroupOfTheOneThatDenies() {
        assertThat(explain(TIER, GUARD.replace("projectcalico.org/v3", "crd.projectcalico.org/v1"))
                        .ingress()
                        .patch())
                .contains("apiVersion: crd.projectcalico.org/v1\n");
    }

    @Test
    void selectorIsConfinedToThePodsOfTheTier() {
        assertThat(explain(TIER, GUARD.replace("selector: app == 'api'", "selector: app == 'api' && !has(canary)"))
                        .ingress()
                        .patch())
                .contains("  selector: app == 'api' && app == 'api' && !(has(canary))\n");
    }

    @Test
    void networkPolicyThatDecidesGetsTheRule() {
        assertThat(explain(TIER, DB.replace("app: db", "app: api")).ingress().patch())
                .startsWith("# kubectl patch networkpolicy db -n shop --type json");
    }

    @Test
    void tightestDenialPassesTheRest() {
        Cluster cluster = YamlClusters.of(SHOP, TIER, DB);
        String denial = DenyPolicy.of(cluster.policies(), traffic(cluster));
        assertThat(denial).isEqualTo("""
                # kubectl apply -f FILE
                apiVersion: projectcalico.org/v3
                kind: NetworkPolicy
                metadata:
                  name: %s
                  namespace: shop
                spec:
                  tier: default
                  selector: app == 'api'
                  types:
                    - Ingress
                  ingress:
                    - action: Deny
                      protocol: TCP
                      source:
                        selector: app == 'web'
                      destination:
                        ports:
                          - 9000
                    - action: Pass
                """.formatted(name(denial)));
    }

    @Test
    void tightestDenialComesBeforeWhatAllows() {
        Cluster cluster = YamlClusters.of(SHOP, TIER, GUARD.replace("action: Deny", "action: Allow"));
        assertThat(DenyPolicy.of(cluster.policies(), traffic(cluster)))
                .contains("  tier: security\n  order: 9\n", "    - action: Deny\n")
                .doesNotContain("action: Pass");
    }

    private static String name(@Nullable String yaml) {
        return String.valueOf(yaml).replaceAll("(?s).*\n  name: ", "").replaceAll("(?s)\n.*", "");
    }

    private static Explanation explain(String... policies) {
        Cluster cluster = YamlClusters.of(SHOP, String.join("", policies));
        return Explainer.explain(cluster.policies(), traffic(cluster));
    }

    private static Traffic traffic(Cluster cluster) {
        return new Traffic(
                cluster.pod("shop", "web-1").peers().get(0),
                cluster.pod("shop", "api-1").peers().get(0),
                "TCP",
                9000);
    }
}
