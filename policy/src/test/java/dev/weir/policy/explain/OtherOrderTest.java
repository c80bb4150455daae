package dev.weir.policy.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Expected;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Peer;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.dialect.antrea.AntreaDialect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proposes no policy where the order between it and the deciding policies is that of another dialect. */
class OtherOrderTest {
    private static final Traffic TRAFFIC = new Traffic(pod("web"), pod("db"), "TCP", 5432);

    private static Peer pod(String app) {
        return Peer.pod(null, new Peer.Pod("shop", app + "-1", Map.of(), Map.of("app", app), List.of(), false));
    }

    private static PolicySet policies(String action) {
        String manifest =
                "{kind: NetworkPolicy, apiVersion: crd.antrea.io/v1beta1, metadata: {name: db, namespace: shop},"
                        + " spec: {priority: 5, appliedTo: [{podSelector: {}}], ingress: [{action: " + action + "}]}}";
        return PolicySet.of(new AntreaDialect()
                .compile(
                        "NetworkPolicy",
                        YamlClusters.file(manifest).manifests().get(0).object(),
                        ClusterFacts.NONE));
    }

    @Test
    void denialOfAnotherDialectHasNoPatch() {
        SideExplanation ingress = Explainer.explain(policies("Drop"), TRAFFIC).ingress();
        assertThat(ingress.decision().expected()).isEqualTo(Expected.DENY);
        assertThat(ingress.patch()).isNull();
    }

    @Test
    void allowOfAnotherDialectIsNotPreceded() {
        assertThat(policies("Allow").decide(TRAFFIC).ingress().expected()).isEqualTo(Expected.ALLOW);
        assertThat(DenyPolicy.of(policies("Allow"), TRAFFIC)).isNull();
    }
}
