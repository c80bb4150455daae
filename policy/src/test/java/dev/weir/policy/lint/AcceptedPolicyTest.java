package dev.weir.policy.lint;

import static dev.weir.policy.YamlClusters.DB;
import static dev.weir.policy.YamlClusters.DEFAULT_DENY;
import static dev.weir.policy.YamlClusters.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.common.manifest.ManifestFile;
import dev.weir.model.Expected;
import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies that the API server accepts although they mean nothing, or something else than written. */
class AcceptedPolicyTest {
    private static final String ADMIN = """
            ---
            apiVersion: policy.networking.k8s.io/v1alpha1
            kind: AdminNetworkPolicy
            metadata: {name: odd}
            spec: {priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], ports: [%s]}]}
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {portRange: {start: 10, end: 1}}            | spec.ingress[0].ports[0].portRange.end       | 1 is below start 10
            {portNumber: {protocol: ICMP, port: 8080}}  | spec.ingress[0].ports[0].portNumber.protocol | 'ICMP' is not TCP
            {namedPort: X y}                            | spec.ingress[0].ports[0].namedPort           | 'X y' is not a port name
            """)
    void unreadablePolicyIsAWarningAndUnknown(String port, String field, String reason) {
        String[] yaml = {SHOP, DB, DEFAULT_DENY, ADMIN.formatted(port)};
        assertThat(lint(yaml)).singleElement().satisfies(finding -> {
            assertThat(finding.lint()).isEqualTo(Lint.ACCEPTED_BUT);
            assertThat(finding.level()).isEqualTo(LintFinding.Level.WARNING);
            assertThat(finding.problem().field()).isEqualTo(field);
            assertThat(finding.problem().reason())
                    .startsWith("accepted by the API server, but " + reason)
                    .endsWith("what this policy does is unknown");
        });
        Cluster cluster = Cluster.of(YamlClusters.file(yaml).manifests());
        Traffic traffic = new Traffic(
                Objects.requireNonNull(cluster.at("10.0.0.1")),
                Objects.requireNonNull(cluster.at("10.0.0.2")),
                "TCP",
                9000);
        assertThat(cluster.policies().decide(traffic).expected()).isEqualTo(Expected.UNKNOWN);
    }

    @Test
    void namespaceOfAClusterKindIsDropped() {
        assertThat(lint(SHOP, DEFAULT_DENY, """
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: c, namespace: shop}
                spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}
                """)).singleElement().satisfies(finding -> {
            assertThat(finding.lint()).isEqualTo(Lint.ACCEPTED_BUT);
            assertThat(finding.problem().field()).isEqualTo("metadata.namespace");
        });
    }

    @Test
    void namedPortTowardsABlockIsFound() {
        String egress = """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: web, namespace: shop}
                spec:
                  podSelector: {matchLabels: {app: web}}
                  policyTypes: [Egress]
                  egress: [{ports: [{port: 53, protocol: UDP}]}, {to: [{ipBlock: {cidr: 192.0.2.0/24}}], ports: [{port: %s}]}]
                """;
        assertThat(lint(SHOP, DEFAULT_DENY, egress.formatted("https")))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.lint()).isEqualTo(Lint.NAMED_PORT_TO_BLOCK);
                    assertThat(finding.problem().field()).isEqualTo("spec.egress[1].ports[0].port");
                });
        assertThat(lint(SHOP, DEFAULT_DENY, egress.formatted("443"))).isEmpty();
    }

    @Test
    void refusedPolicyIsNamedOnceForEachField() {
        assertThat(lint(SHOP, DEFAULT_DENY, DB.replace("port: 5432", "port: 0\n      endPort: -1")))
                .extracting(finding -> finding.lint() + " " + finding.problem().field())
                .containsExactlyInAnyOrder(
                        "INVALID spec.ingress[0].ports[0].port", "INVALID spec.ingress[0].ports[0].endPort");
    }

    private static List<LintFinding> lint(String... yaml) {
        ManifestFile file = YamlClusters.file(yaml);
        return Linter.lint(Cluster.of(file.manifests()), file.manifests(), file.problems());
    }
}
