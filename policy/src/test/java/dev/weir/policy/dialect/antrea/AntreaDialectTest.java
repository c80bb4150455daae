package dev.weir.policy.dialect.antrea;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Expected;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AntreaDialectTest {
    private static final Peer WEB = pod("web");
    private static final Peer DB = pod("db");
    private static final String OPEN = """
            priority: 5, appliedTo: [{podSelector: {matchLabels: {app: db}}}],
            ingress: [{action: Allow, from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]},
                      {action: Drop, name: rest}]""";

    private static Peer pod(String app) {
        return Peer.pod(null, new Peer.Pod("shop", app + "-1", Map.of(), Map.of("app", app), List.of(), false));
    }

    private static Policy policy(String kind, String name, String spec) {
        String manifest = "{kind: " + kind + ", apiVersion: crd.antrea.io/v1beta1, metadata: {name: " + name
                + ", namespace: shop}, spec: {" + spec + "}}";
        return new AntreaDialect()
                .compile(kind, YamlClusters.file(manifest).manifests().get(0).object(), ClusterFacts.NONE)
                .get(0);
    }

    private static SideDecision decide(int port, Policy... policies) {
        return PolicySet.of(List.of(policies))
                .decide(new Traffic(WEB, DB, "TCP", port))
                .ingress();
    }

    @Test
    void firstMatchingRuleDecides() {
        Policy policy = policy("NetworkPolicy", "db", OPEN);
        assertThat(decide(5432, policy).expected()).isEqualTo(Expected.ALLOW);
        assertThat(decide(22, policy).expected()).isEqualTo(Expected.DENY);
        assertThat(decide(22, policy).decidedBy())
                .extracting(rule -> rule.display())
                .containsExactly("NetworkPolicy.crd.antrea.io shop/db ingress[1] (rest)");
    }

    @Test
    void tierPrecedesPriority() {
        Policy first = policy("NetworkPolicy", "first", "tier: emergency, " + OPEN.replace("Allow", "Reject"));
        Policy later = policy("NetworkPolicy", "later", OPEN.replace("priority: 5", "priority: 1"));
        assertThat(decide(5432, later, first).expected()).isEqualTo(Expected.DENY);
    }

    @Test
    void unknownPolicyOfTheClusterMayComeFirst() {
        Policy all = policy("ClusterNetworkPolicy", "all", OPEN);
        assertThat(decide(5432, policy("NetworkPolicy", "db", OPEN), all).expected())
                .isEqualTo(Expected.UNKNOWN);
    }

    @Test
    void policiesOfKubernetesComeLater() {
        Policy first = YamlClusters.of("""
                {apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: first},
                 spec: {priority: 0, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}}""").policies().policies().get(0);
        assertThat(decide(5432, first, policy("NetworkPolicy", "db", OPEN)).expected())
                .isEqualTo(Expected.ALLOW);
    }

    @Test
    void baselineYieldsToKubernetes() {
        Policy baseline = policy("NetworkPolicy", "db", "tier: baseline, " + OPEN);
        Policy[] policies = Stream.concat(
                        Stream.of(baseline), YamlClusters.of(YamlClusters.DB).policies().policies().stream())
                .toArray(Policy[]::new);
        assertThat(decide(5432, baseline).expected()).isEqualTo(Expected.ALLOW);
        assertThat(decide(5432, policies).expected()).isEqualTo(Expected.DENY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from: [{fqdn: example.com}]",
                "from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]",
                "l7Protocols: [{http: {}}]",
                "ports: [{protocol: TCP, sourcePort: 1024}]",
            })
    void ruleBeyondTheSubsetIsUnknown(String rule) {
        String spec = "priority: 5, appliedTo: [{podSelector: {}}], ingress: [{action: Drop, " + rule + "}]";
        assertThat(decide(5432, policy("NetworkPolicy", "db", spec)).expected()).isEqualTo(Expected.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tier: ours, priority: 5, appliedTo: [{podSelector: {}}]",
                "priority: 5.5, appliedTo: [{podSelector: {}}]",
                "priority: 5, appliedTo: [{serviceAccount: {name: db, namespace: shop}}]",
            })
    void policyBeyondTheSubsetIsUnknown(String spec) {
        assertThat(decide(5432, policy("NetworkPolicy", "db", spec)).expected()).isEqualTo(Expected.UNKNOWN);
        assertThat(decide(5432, policy("ClusterNetworkPolicy", "all", spec)).expected())
                .isEqualTo(Expected.UNKNOWN);
    }

    @Test
    void wrongFieldIsNamed() {
        assertThatThrownBy(() -> policy("NetworkPolicy", "db", OPEN.replace("Drop", "Deny")))
                .hasMessageContaining("spec.ingress[1].action: 'Deny' is not Allow, Drop, Reject or Pass");
    }
}
