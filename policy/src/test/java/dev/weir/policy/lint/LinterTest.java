package dev.weir.policy.lint;

import static dev.weir.policy.YamlClusters.DB;
import static dev.weir.policy.YamlClusters.DEFAULT_DENY;
import static dev.weir.policy.YamlClusters.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinterTest {
    private static final String HEADER = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n";

    @Test
    void flawlessSetHasNoFindings() {
        assertThat(lint(SHOP, DB, DEFAULT_DENY)).isEmpty();
    }

    @Test
    void policyThatNoAgentEnforcesIsReported() {
        String agent = """
                ---
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: agent, namespace: kube-system}
                spec:
                  template:
                    metadata: {labels: {k8s-app: %s}}
                    spec: {hostNetwork: true}
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: closed, namespace: kube-system}
                spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
                """;
        assertThat(lint(SHOP, DB, DEFAULT_DENY, agent.formatted("calico-node")))
                .extracting(LintFinding::lint)
                .doesNotContain(Lint.NOT_ENFORCED);
        assertThat(lint(SHOP, DB, DEFAULT_DENY, agent.formatted("flannel")))
                .filteredOn(finding -> finding.lint() == Lint.NOT_ENFORCED)
                .hasSize(3)
                .allMatch(finding -> finding.problem().reason().endsWith("they run Flannel"));
    }

    @Test
    void emptyEntriesAndListsMatchNothingInCilium() {
        assertThat(lint(SHOP, """
                apiVersion: cilium.io/v2
                kind: CiliumNetworkPolicy
                metadata: {name: api, namespace: shop}
                spec:
                  endpointSelector: {matchLabels: {app: api}}
                  ingress:
                  - {}
                  - fromEndpoints: []
                    toPorts: [{ports: [{port: "80"}]}]
                  - toPorts: [{ports: [{port: "9000"}]}]
                  egressDeny:
                  - {}
                """))
                .filteredOn(finding -> finding.lint() == Lint.MATCHES_NOTHING)
                .extracting(finding -> finding.problem().field())
                .containsExactlyInAnyOrder("spec.ingress[0]", "spec.ingress[1].fromEndpoints", "spec.egressDeny[0]");
    }

    @Test
    void policyBehindTierThatDecidesIsNeverReached() {
        String tiers = """
                {apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: first}, spec: {order: 10}}
                ---
                apiVersion: projectcalico.org/v3
                kind: GlobalNetworkPolicy
                metadata: {name: first.web}
                spec:
                  tier: first
                  selector: %s
                  types: [Ingress]
                  ingress: [{action: Allow, protocol: TCP, destination: {ports: [443]}}%s]
                ---
                apiVersion: projectcalico.org/v3
                kind: NetworkPolicy
                metadata: {name: web, namespace: shop}
                spec: {selector: app == 'web', types: [Ingress], ingress: [{action: Allow}]}
                """;
        assertThat(unreached(tiers.formatted("all()", ""))).singleElement().satisfies(reason -> assertThat(reason)
                .startsWith("is never reached: the tier 'calico/first' before it"));
        assertThat(unreached(tiers.formatted("all()", ", {action: Pass}"))).isEmpty();
        assertThat(unreached(tiers.formatted("app == 'db'", ""))).isEmpty();
    }

    private static List<String> unreached(String policies) {
        return lint(SHOP, policies).stream()
                .filter(finding -> finding.lint() == Lint.NEVER_REACHED)
                .map(finding -> finding.problem().reason())
                .toList();
    }

    @Test
    void ruleOfIstioThatLosesItsRequestsIsReported() {
        String world = """
                {kind: Pod, metadata: {name: db-0, namespace: shop, labels: {app: db}},
                 spec: {containers: [{name: istio-proxy}, {name: db}]}}
                ---
                {apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop},
                 spec: {selector: {app: db}, ports: [{name: %s-db, port: 80, targetPort: 5432}]}}
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: no-writes, namespace: shop}
                spec: {action: DENY, rules: [{to: [{operation: {methods: [POST]%s}}]}]}
                """;
        assertThat(losing(world.formatted("tcp", ""))).singleElement().satisfies(reason -> assertThat(reason)
                .startsWith("denies every connection to shop/db-0 TCP/5432, since"));
        assertThat(losing(world.formatted("http", ""))).isEmpty();
        assertThat(losing(world.formatted("tcp", ", ports: ['8080']"))).isEmpty();
    }

    private static List<String> losing(String world) {
        return lint(world).stream()
                .filter(finding -> finding.lint() == Lint.LOSES_REQUESTS)
                .map(finding -> finding.problem().reason())
                .toList();
    }

    @Test
    void refusalsOfTheServerAreErrorsWithTheirLine() {
        List<LintFinding> findings = lint(SHOP, DEFAULT_DENY, HEADER, """
                metadata: {name: a, namespace: shop}
                spec:
                  podSelector: {}
                  ingress:
                  - ports:
                    - port: 80
                      endPort: 70
                """);
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.lint()).isEqualTo(Lint.INVALID);
            assertThat(finding.problem().field()).isEqualTo("spec.ingress[0].ports[0].endPort");
            assertThat(finding.problem().line()).isEqualTo(lines(SHOP + DEFAULT_DENY + HEADER) + 7);
        });
    }

    @Test
    void policiesOfAnUnknownGroupOrVersionAreNotPassedOver() {
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("networking.k8s.io/v1", "extensions/v1beta1")))
                .singleElement()
                .extracting(finding -> finding.problem().message())
                .asString()
                .contains(
                        "apiVersion: 'extensions/v1beta1' has no NetworkPolicy; known is that of networking.k8s.io and");
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("networking.k8s.io/v1", "networking.k8s.io/v1beta1")))
                .singleElement()
                .extracting(finding -> finding.problem().reason())
                .isEqualTo("'networking.k8s.io/v1beta1' is not networking.k8s.io/v1");
    }

    @Test
    void namesAreAsTheServerWantsThem() {
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("name: db,", "name: Data_Base,")))
                .singleElement()
                .extracting(finding -> finding.problem().reason())
                .asString()
                .startsWith("'Data_Base' is not a name");
    }

    @Test
    void metadataIsAsTheServerWantsIt() {
        assertThat(reasons(DB.replace("name: db,", "name: db, label: {a: b},")))
                .containsExactly("metadata.label: is not a field that is known here");
        assertThat(reasons(DB.replace("name: db,", "name: db, labels: {'a b': c},")))
                .singleElement()
                .asString()
                .startsWith("metadata.labels.a b: 'a b' is not a label key");
        assertThat(reasons(DB.replace("name: db,", "name: db, annotations: {a: 1},")))
                .containsExactly("metadata.annotations.a: must be a string, not 1");
        assertThat(reasons(DB.replace("namespace: shop", "namespace: Shop_1")))
                .anyMatch(reason -> reason.startsWith("metadata.namespace: 'Shop_1' is not a namespace"));
    }

    @Test
    void fieldsThatFailClosedAreReported() {
        assertThat(lint(SHOP, DEFAULT_DENY, """
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: c}
                spec:
                  tier: Admin
                  priority: 1
                  subject: {namespaces: {}}
                  egress:
                  - {action: Deny, to: [{gateways: {}}]}
                """))
                .singleElement()
                .extracting(finding -> finding.problem().message())
                .asString()
                .endsWith(
                        "ClusterNetworkPolicy c: spec.egress[0].to[0].gateways: is not a field that is known here, so its rule fails closed");
    }

    @Test
    void namesAndPrioritiesStandOnce() {
        String admin = """
                ---
                apiVersion: policy.networking.k8s.io/v1alpha1
                kind: AdminNetworkPolicy
                metadata: {name: %s}
                spec: {priority: 5, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}
                """;
        assertThat(lint(admin.formatted("a"), admin.formatted("b")))
                .filteredOn(finding -> finding.lint() == Lint.ACCEPTED_BUT)
                .singleElement()
                .extracting(finding -> finding.problem().message())
                .asString()
                .contains("AdminNetworkPolicy b: spec.priority: accepted by the API server, but 5 is the priority of"
                        + " AdminNetworkPolicy a too");
        assertThat(lint(DB, DB)).anyMatch(finding -> finding.problem().message().contains("stands already in"));
    }

    @Test
    void policyOfANodeSelectsSomething() {
        String node = "{kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 10.9.0.1}]}}"
                + "\n---\n";
        String host = "{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: n1},"
                + " spec: {node: n1, interfaceName: eth0}}\n---\n";
        assertThat(lint(SHOP, DEFAULT_DENY, host)).extracting(LintFinding::lint).contains(Lint.SELECTS_NOTHING);
        assertThat(lint(SHOP, DEFAULT_DENY, host, node))
                .extracting(LintFinding::lint)
                .doesNotContain(Lint.SELECTS_NOTHING);
    }

    @Test
    void selectorsWithoutPodsAndUnusedLabelsAreFound() {
        List<LintFinding> findings = lint(SHOP, DEFAULT_DENY, DB.replace("app: db", "app: dbb"));
        assertThat(findings)
                .extracting(LintFinding::lint)
                .containsExactly(Lint.SELECTS_NOTHING, Lint.LABEL_USED_NOWHERE);
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("app: api", "apps: api")))
                .singleElement()
                .extracting(finding -> finding.problem().reason())
                .isEqualTo("selects by the label apps=api, which no pod has");
        // Without described pods, labels cannot be checked.
        assertThat(lint(DEFAULT_DENY, DB)).isEmpty();
    }

    @Test
    void portsThatNoPodOpensAreFound() {
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("5432", "5433")))
                .singleElement()
                .extracting(finding -> finding.problem().reason())
                .isEqualTo("TCP/5433 is declared by none of the pods that it leads to (shop/db)");
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("port: 5432", "port: sql")))
                .isEmpty();
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("port: 5432", "port: http")))
                .extracting(LintFinding::lint)
                .containsExactly(Lint.PORT_NEVER_OPENED);
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("port: 5432", "port: 5000\n      endPort: 6000")))
                .isEmpty();
    }

    @Test
    void openNamespacesAreFound() {
        assertThat(lint(SHOP, DB))
                .extracting(LintFinding::lint)
                .containsOnly(Lint.NO_DEFAULT_DENY)
                .hasSize(2);
        assertThat(lint(SHOP, DB, DEFAULT_DENY.replace("[Ingress, Egress]", "[Ingress]")))
                .singleElement()
                .extracting(finding -> finding.problem().message())
                .asString()
                .contains("Namespace shop: has no default deny for egress");
    }

    @Test
    void baselineThatDeniesAllClosesNamespaces() {
        String baseline = """
                ---
                apiVersion: policy.networking.k8s.io/v1alpha1
                kind: BaselineAdminNetworkPolicy
                metadata: {name: default}
                spec:
                  subject: {namespaces: {}}
                  ingress: [{action: Deny, from: [{namespaces: {}}]}]
                  egress: [{action: Deny, to: [{namespaces: {}}]}]
                """;
        assertThat(lint(SHOP, DB, baseline)).isEmpty();
        String egress = HEADER + """
                metadata: {name: web, namespace: shop}
                spec: {podSelector: {matchLabels: {app: web}}, egress: [{to: [{podSelector: {matchLabels: {app: api}}}]}]}
                """;
        assertThat(lint(SHOP, DEFAULT_DENY, egress))
                .extracting(LintFinding::lint)
                .containsExactly(Lint.EGRESS_WITHOUT_DNS);
        assertThat(lint(SHOP, DEFAULT_DENY, egress, """
                ---
                apiVersion: policy.networking.k8s.io/v1alpha1
                kind: AdminNetworkPolicy
                metadata: {name: dns}
                spec:
                  priority: 1
                  subject: {namespaces: {}}
                  egress: [{action: Allow, to: [{namespaces: {}}], ports: [{portNumber: {protocol: UDP, port: 53}}]}]
                """)).isEmpty();
    }

    @Test
    void shadowsAreFound() {
        assertThat(lint(
                        SHOP,
                        DB,
                        DEFAULT_DENY,
                        DB.replace("name: db,", "name: wider,")
                                .replace("    - port: 5432\n", "    - port: 5000\n      endPort: 6000\n")))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.lint()).isEqualTo(Lint.SHADOWED);
                    assertThat(finding.problem().object()).isEqualTo("NetworkPolicy shop/db");
                    assertThat(finding.problem().reason()).contains("NetworkPolicy shop/wider selects the same pods");
                });
        String twice = DB.replace("  - from:", "  - from: [{podSelector: {matchLabels: {app: api}}}]\n  - from:");
        assertThat(lint(SHOP, DEFAULT_DENY, twice))
                .singleElement()
                .extracting(finding -> finding.problem().message())
                .asString()
                .contains("spec.ingress[1]: allows nothing that ingress[0] does not allow already");
        assertThat(lint(SHOP, DEFAULT_DENY, """
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: c}
                spec:
                  tier: Admin
                  priority: 1
                  subject: {namespaces: {}}
                  ingress:
                  - {action: Pass, from: [{namespaces: {matchLabels: {team: sales}}}]}
                  - {action: Deny, from: [{pods: {namespaceSelector: {matchLabels: {team: sales}}, podSelector: {matchLabels: {app: web}}}}]}
                """))
                .singleElement()
                .extracting(finding -> finding.problem().reason())
                .asString()
                .startsWith("denies nothing: ClusterNetworkPolicy c ingress[0] matches all of it first");
    }

    @Test
    void wideOpenAndNamelessEgressIsFound() {
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("  ingress:\n", "  ingress:\n  - {}\n")))
                .extracting(LintFinding::lint)
                .contains(Lint.ALLOWS_ALL);
        String egress = HEADER + """
                metadata: {name: web, namespace: shop}
                spec:
                  podSelector: {matchLabels: {app: web}}
                  egress:
                  - to: [{podSelector: {matchLabels: {app: api}}}]
                    ports: [{port: 9000}]
                """;
        assertThat(lint(SHOP, DEFAULT_DENY, egress))
                .extracting(LintFinding::lint)
                .containsExactly(Lint.EGRESS_WITHOUT_DNS);
        assertThat(lint(SHOP, DEFAULT_DENY, egress + "  - ports: [{port: 53, protocol: UDP}]\n"))
                .isEmpty();
    }

    @Test
    void policyThatCannotBeReadIsNoted() {
        assertThat(lint(
                        SHOP,
                        DEFAULT_DENY,
                        "{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: of-tier, namespace: shop},"
                                + " spec: {tier: security}}"))
                .extracting(LintFinding::lint)
                .contains(Lint.NOT_UNDERSTOOD);
    }

    @Test
    void sarifNamesRuleAndLine() {
        JsonNode sarif = Sarif.of(lint(SHOP, DB), "1.0");
        assertThat(sarif.at("/version").asText()).isEqualTo("2.1.0");
        JsonNode result = sarif.at("/runs/0/results/0");
        assertThat(result.path("ruleId").asText()).isEqualTo("no-default-deny");
        assertThat(sarif.at("/runs/0/tool/driver/rules")
                        .get(result.path("ruleIndex").asInt())
                        .path("id")
                        .asText())
                .isEqualTo("no-default-deny");
        assertThat(result.at("/locations/0/physicalLocation/region/startLine").asInt())
                .isEqualTo(1);
    }

    private static int lines(String text) {
        return (int) text.chars().filter(each -> each == '\n').count();
    }

    @Test
    void rulesOfAMissingDirectionNeverApply() {
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("  ingress:", "  policyTypes: [Egress]\n  ingress:")))
                .anyMatch(finding -> finding.lint() == Lint.NEVER_APPLIES
                        && finding.problem().reason().equals("never applies: policyTypes does not name ingress"));
    }

    @Test
    void defaultDenyBesideOtherPoliciesIsNoShadow() {
        assertThat(lint(SHOP, DEFAULT_DENY, HEADER, """
                metadata: {name: allow-dns, namespace: shop}
                spec:
                  podSelector: {}
                  policyTypes: [Ingress, Egress]
                  egress: [{ports: [{port: 53, protocol: UDP}]}]
                """)).isEmpty();
    }

    @Test
    void mistypedKindIsReported() {
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("kind: NetworkPolicy", "kind: NetworkPolcy")))
                .singleElement()
                .extracting(finding -> finding.problem().reason())
                .isEqualTo("'NetworkPolcy' is no kind of networking.k8s.io; its policies are NetworkPolicy");
    }

    @Test
    void namesMayBeMadeByTheServer() {
        assertThat(lint(SHOP, DEFAULT_DENY, """
                {apiVersion: batch/v1, kind: Job, metadata: {generateName: migrate-, namespace: shop},
                 spec: {template: {metadata: {labels: {app: m}}, spec: {containers: [{name: m}]}}}}
                """)).isEmpty();
    }

    /** The messages of remarks that are refusals of the server. */
    private static List<String> reasons(String policy) {
        return lint(SHOP, DEFAULT_DENY, policy).stream()
                .filter(finding -> finding.lint() == Lint.INVALID)
                .map(finding ->
                        finding.problem().field() + ": " + finding.problem().reason())
                .toList();
    }

    private static List<LintFinding> lint(String... yaml) {
        ManifestFile file = YamlClusters.file(yaml);
        return Linter.lint(Cluster.of(file.manifests()), file.manifests(), file.problems());
    }
}
