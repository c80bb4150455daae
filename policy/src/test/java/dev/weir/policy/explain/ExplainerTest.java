package dev.weir.policy.explain;

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

class ExplainerTest {
    private static final String ADMIN = """
            ---
            apiVersion: policy.networking.k8s.io/v1alpha1
            kind: AdminNetworkPolicy
            metadata: {name: guard}
            spec:
              priority: 10
              subject: {namespaces: {}}
              ingress:
              - {name: pass-web, action: Pass, from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}]}
              - {name: deny-rest, action: Deny, from: [{namespaces: {}}]}
              egress:
              - {name: allow-updates, action: Allow, to: [{domainNames: ["*.example.com"]}]}
              - {name: deny-world, action: Deny, to: [{networks: [192.0.2.0/24]}]}
            """;

    @Test
    void everySelectingPolicyIsNamedWithItsNearestRule() {
        Explanation explanation = explain(YamlClusters.of(SHOP, DB, DEFAULT_DENY), "web-1", "db", 5432);
        assertThat(explanation.ingress().selecting())
                .extracting(each -> each.policy().name())
                .containsExactly("db", "default-deny");
        assertThat(explanation.ingress().selecting().get(0).nearest().failures())
                .containsExactly("pod label app is 'web', not 'api'");
        assertThat(explanation.ingress().selecting().get(1).nearest()).isNull();
        assertThat(explanation.because())
                .isEqualTo("No rule of NetworkPolicy shop/default-deny allows any egress from shop/web-1."
                        + " No rule of NetworkPolicy shop/db and NetworkPolicy shop/default-deny allows TCP/5432"
                        + " from shop/web-1."
                        + " The nearest rule, NetworkPolicy shop/db ingress[0], does not match:"
                        + " pod label app is 'web', not 'api'.");
    }

    @Test
    void patchIsRuleOrPolicyDependingOnTheSelection() {
        Explanation explanation = explain(YamlClusters.of(SHOP, DB, DEFAULT_DENY), "web-1", "db", 5432);
        assertThat(explanation.egress().patch())
                .isEqualTo("""
                # kubectl apply -f FILE
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata:
                  name: %s
                  namespace: shop
                spec:
                  podSelector:
                    matchLabels:
                      app: web
                  policyTypes:
                    - Egress
                  egress:
                    - to:
                        - podSelector:
                            matchLabels:
                              app: db
                      ports:
                        - protocol: TCP
                          port: 5432
                """.formatted(nameIn(explanation.egress().patch())));
        assertThat(explanation.ingress().patch()).isEqualTo("""
                # kubectl patch networkpolicy db -n shop --type json --patch-file FILE
                - op: add
                  path: /spec/ingress/-
                  value:
                    from:
                      - podSelector:
                          matchLabels:
                            app: web
                    ports:
                      - protocol: TCP
                        port: 5432
                """);
    }

    @Test
    void denyingRuleAndPassingRuleAreNamed() {
        Cluster cluster = YamlClusters.of(SHOP, DB, ADMIN);
        assertThat(explain(cluster, "api-1", "db", 5432).because())
                .isEqualTo("AdminNetworkPolicy guard ingress[1] (deny-rest) denies TCP/5432 from shop/api-1.");
        assertThat(explain(cluster, "web-1", "db", 5432).because())
                .isEqualTo("No rule of NetworkPolicy shop/db allows TCP/5432 from shop/web-1,"
                        + " after AdminNetworkPolicy guard ingress[0] (pass-web) passed it on."
                        + " The nearest rule, NetworkPolicy shop/db ingress[0], does not match:"
                        + " pod label app is 'web', not 'api'.");
        Explanation open = explain(cluster, "web-1", "api-1", 9000);
        assertThat(open.decision().expected()).isEqualTo(Expected.UNSELECTED);
        assertThat(open.ingress().sentence())
                .isEqualTo("No rule of AdminNetworkPolicy guard decides TCP/9000 from shop/web-1, after"
                        + " AdminNetworkPolicy guard ingress[0] (pass-web) passed it on, so it is allowed by default.");
    }

    @Test
    void unresolvedNameIsExplainedAsUnknown() {
        Cluster cluster = YamlClusters.of(SHOP, ADMIN);
        Peer web = cluster.pod("shop", "web-1").peers().get(0);
        Explanation unknown =
                Explainer.explain(cluster.policies(), new Traffic(web, Peer.address("192.0.2.1"), "TCP", 443));
        assertThat(unknown.decision().expected()).isEqualTo(Expected.UNKNOWN);
        assertThat(unknown.because())
                .isEqualTo(
                        "AdminNetworkPolicy guard egress[0] (allow-updates) may or may not match TCP/443 to 192.0.2.1:"
                                + " no domain name is known for 192.0.2.1, so it may or may not be *.example.com.");
        assertThat(Explainer.explain(
                                cluster.policies(),
                                new Traffic(web, Peer.address("192.0.2.1", List.of("eu.example.com")), "TCP", 443))
                        .decision()
                        .expected())
                .isEqualTo(Expected.ALLOW);
        assertThat(Explainer.explain(
                                cluster.policies(),
                                new Traffic(web, Peer.address("192.0.2.1", List.of("evil.test")), "TCP", 443))
                        .because())
                .isEqualTo("AdminNetworkPolicy guard egress[1] (deny-world) denies TCP/443 to 192.0.2.1 (evil.test).");
    }

    @Test
    void unknownAddressIsUnknownUnlessIrrelevant() {
        String block = DB.replace("    - podSelector: {matchLabels: {app: api}}", "    - ipBlock: {cidr: %s}");
        Cluster cluster = YamlClusters.of(SHOP, block.formatted("10.0.0.0/24"));
        Peer db = cluster.of("shop", "StatefulSet", "db").get(0).peers().get(0);
        Peer other = cluster.of("shop", null, "db").get(0).peers().get(0);
        assertThat(Explainer.explain(cluster.policies(), new Traffic(other, db, "TCP", 5432))
                        .because())
                .contains("the address of shop/db is not known");
        assertThat(explain(YamlClusters.of(SHOP, block.formatted("0.0.0.0/0")), "web-1", "db", 5432)
                        .decision()
                        .expected())
                .isEqualTo(Expected.ALLOW);
        assertThat(YamlClusters.of(SHOP, block.formatted("0.0.0.0/0"))
                        .policies()
                        .decide(new Traffic(other, db, "TCP", 5432))
                        .expected())
                .isEqualTo(Expected.ALLOW);
    }

    @Test
    void policyThatCannotBeReadMakesItsReachUnknown() {
        Cluster cluster = YamlClusters.of(
                SHOP,
                DB,
                "{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: of-tier, namespace: shop},"
                        + " spec: {tier: security}}");
        assertThat(explain(cluster, "api-1", "db", 5432).because())
                .contains("NetworkPolicy.projectcalico.org shop/of-tier", "spec.tier: there is no Tier 'security'");
    }

    @Test
    void denyingPolicyComesBeforeAllowingOne() {
        Cluster cluster = YamlClusters.of(SHOP, ADMIN.replace("action: Deny", "action: Allow"));
        Traffic traffic = new Traffic(
                cluster.pod("shop", "api-1").peers().get(0),
                cluster.pod("shop", "web-1").peers().get(0),
                "TCP",
                8080);
        assertThat(DenyPolicy.of(cluster.policies(), traffic))
                .contains("kind: AdminNetworkPolicy", "priority: 9", "name: deny-api-to-web-tcp-8080-ingress-");
        Cluster first = YamlClusters.of(
                SHOP, ADMIN.replace("action: Deny", "action: Allow").replace("priority: 10", "priority: 0"));
        assertThat(DenyPolicy.of(first.policies(), traffic)).isNull();
    }

    /** The name of the policy in a patch, which ends in a hash of both ends. */
    private static String nameIn(String patch) {
        String name = patch.lines()
                .filter(line -> line.startsWith("  name: "))
                .findFirst()
                .orElseThrow()
                .substring(8);
        assertThat(name).matches("allow-web-to-db-tcp-5432-egress-[0-9a-f]{6}");
        return name;
    }

    private static Explanation explain(Cluster cluster, String from, String to, int port) {
        return Explainer.explain(cluster.policies(), new Traffic(peer(cluster, from), peer(cluster, to), "TCP", port));
    }

    private static Peer peer(Cluster cluster, String name) {
        return cluster.pod("shop", name).peers().get(0);
    }
}
