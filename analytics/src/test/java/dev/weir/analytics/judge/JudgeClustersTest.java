package dev.weir.analytics.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.Finding;
import dev.weir.model.ClusterNetworks;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import dev.weir.model.codec.FlowCodec;
import dev.weir.model.codec.FlowDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two clusters whose pods have the same addresses: in one web may not reach db, in the other queue may reach vault. */
class JudgeClustersTest {
    private static final String WEB = "10.0.0.5";
    private static final String DB = "10.0.0.6";
    private static final String ONLY_A = "10.0.0.7";

    private final Judge judge = new Judge(Duration.ofHours(24), true);

    @BeforeEach
    void twoClusters() {
        pod("a", "web", WEB);
        pod("a", "db", DB);
        pod("a", "cache", ONLY_A);
        pod("b", "queue", WEB);
        pod("b", "vault", DB);
        change(
                "a",
                "networking.k8s.io",
                "NetworkPolicy",
                "{\"metadata\":{\"name\":\"closed\",\"namespace\":\"shop\"},\"spec\":{\"podSelector\":{},"
                        + "\"policyTypes\":[\"Ingress\"]}}");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "a, 10.0.0.6, DENY, a, web, BYPASS",
                "b, 10.0.0.6, UNSELECTED, b, queue, -",
                "c, 10.0.0.6, UNSELECTED, c, -, -",
                "-, 10.0.0.7, DENY, a, web, BYPASS",
                "-, 10.0.0.6, UNKNOWN, (ambiguous), -, -",
            })
    void flowIsJudgedByItsOwnCluster(
            @Nullable String named,
            String destination,
            Expected expected,
            String cluster,
            @Nullable String source,
            @Nullable PolicyOutcome outcome) {
        Judgement judgement = judge.judge(flow(named, destination));
        assertThat(judgement.expected()).isEqualTo(expected);
        assertThat(judgement.flow().cluster()).isEqualTo(cluster);
        assertThat(judgement.flow().source().workload()).isEqualTo(source);
        assertThat(judgement.outcome()).isEqualTo(outcome);
    }

    @Test
    void findingAndItsSamplesNameTheCluster() {
        List<Finding> findings = new ArrayList<>();
        RollUp rollUp = new RollUp(judge, ClusterNetworks.DEFAULT, 100, activity -> {}, findings::add);
        rollUp.add(new FlowDecoder().read(FlowCodec.encode(flow(null, ONLY_A))));
        rollUp.flush(Long.MAX_VALUE);
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.cluster()).isEqualTo("a");
            assertThat(finding.evidence().flows()).extracting(Flow::cluster).containsExactly("a");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "crd.projectcalico.org, v1, NetworkPolicy, shop",
        "projectcalico.org, v3, NetworkPolicy, shop",
        "crd.projectcalico.org, v1, GlobalNetworkPolicy, ''",
        "projectcalico.org, v3, GlobalNetworkPolicy, ''",
        "cilium.io, v2, CiliumNetworkPolicy, shop",
    })
    void policyOfAnotherDialectIsDecided(String group, String version, String kind, String namespace) {
        assertThat(judge.judge(flow("b", DB)).expected()).isEqualTo(Expected.UNSELECTED);
        String closing = group.equals("cilium.io")
                ? "{\"endpointSelector\":{},\"ingress\":[{}]}"
                : "{\"selector\":\"all()\",\"types\":[\"Ingress\"]}";
        change(
                "b",
                group,
                kind,
                "{\"apiVersion\":\"" + group + "/" + version + "\",\"metadata\":{\"name\":\"closed\""
                        + (namespace.isEmpty() ? "" : ",\"namespace\":\"" + namespace + "\"")
                        + "},\"spec\":" + closing + "}");
        assertThat(judge.judge(flow("b", DB)).expected()).isEqualTo(Expected.DENY);
        assertThat(judge.judge(flow("a", ONLY_A)).expected())
                .as("the other cluster")
                .isEqualTo(Expected.DENY);
    }

    private void pod(String cluster, String name, String ip) {
        judge.apply(new ContextChange(
                cluster,
                null,
                "Pod",
                "shop",
                name,
                1,
                "test",
                "{\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"shop\"},\"status\":{\"podIP\":\"" + ip
                        + "\"}}"));
    }

    private void change(String cluster, String group, String kind, String object) {
        String namespace = kind.startsWith("Global") ? null : "shop";
        judge.apply(new ContextChange(cluster, group, kind, namespace, "closed", 1, "test", object));
    }

    private static Flow flow(@Nullable String cluster, String destination) {
        return Flow.of(10, 11, Endpoint.of(WEB, 40_000), Endpoint.of(destination, 443), "TCP", Verdict.FORWARDED)
                .withCluster(cluster);
    }
}
