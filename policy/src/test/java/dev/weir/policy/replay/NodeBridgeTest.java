package dev.weir.policy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.common.manifest.Manifest;
import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.policy.Decider;
import dev.weir.policy.Flows;
import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeBridgeTest {
    private static final String CLUSTER = """
            apiVersion: v1
            kind: Node
            metadata: {name: node-a, annotations: {projectcalico.org/IPv4VXLANTunnelAddr: 10.244.9.192}}
            spec: {podCIDRs: [10.244.1.0/24]}
            status: {addresses: [{type: InternalIP, address: 192.168.10.11}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: web-1, namespace: shop, labels: {app: web}}
            spec: {nodeName: node-a, containers: [{name: c, image: x}]}
            status: {phase: Running, podIP: 10.244.1.5}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: default-deny, namespace: shop}
            spec: {podSelector: {}, policyTypes: [Ingress]}
            """;

    @ParameterizedTest(name = "{0}")
    @CsvSource({"192.168.10.11, UNSELECTED", "10.244.1.1, UNSELECTED", "10.244.9.192, UNSELECTED", "10.244.2.1, DENY"})
    void podIsReachedFromAllAddressesOfItsNode(String from, Expected expected) {
        Cluster cluster = YamlClusters.of(CLUSTER);
        List<Manifest> manifests = YamlClusters.file(CLUSTER).manifests();
        Recorded recorded = new Recorded(cluster, manifests, List.of(cluster.policies()));
        Flow flow = Flows.flow(0, from, "10.244.1.5", 8080);
        Traffic traffic = new Traffic(
                recorded.source(flow).peers().get(0),
                recorded.destination(flow).peers().get(0),
                "TCP",
                8080);
        assertThat(new Decider(cluster.policies()).decide(traffic).expected()).isEqualTo(expected);
    }
}
