package dev.weir.model.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.weir.model.ContextChange;
import dev.weir.model.codec.Json;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeAddressesTest {
    private static final String NODE = "{\"metadata\":{\"name\":\"node-a\",\"annotations\":{%s}},\"spec\":{%s},"
            + "\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"192.168.10.11\"}]}}";

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            quoteCharacter = '\'',
            delimiter = '|',
            value = {
                " | \"podCIDR\":\"10.244.1.0/24\" | 10.244.1.1",
                " | \"podCIDR\":\"10.244.1.77/24\",\"podCIDRs\":[\"10.244.1.0/24\",\"fd00:1::/64\"] | 10.244.1.1 fd00:1::1",
                " | \"podCIDRs\":[\"10.244.1.4/32\",\"nonsense\",\"10.0.0.0/99\",7] | ''",
                "\"projectcalico.org/IPv4Address\":\"192.168.20.11/24\" | | 192.168.20.11",
                "\"projectcalico.org/IPv4IPIPTunnelAddr\":\"10.244.1.192\" | | 10.244.1.192",
                "\"projectcalico.org/IPv4VXLANTunnelAddr\":\"10.244.1.193\" | | 10.244.1.193",
                "\"projectcalico.org/IPv6VXLANTunnelAddr\":\"FD00:1::C0\" | | fd00:1::c0",
                "\"projectcalico.org/IPv4WireguardInterfaceAddr\":\"10.244.1.194\" | | 10.244.1.194",
                "\"network.cilium.io/ipv4-cilium-host\":\"10.0.1.231\" | | 10.0.1.231",
                "\"io.cilium.network.ipv4-cilium-host\":\"10.0.1.232\" | | 10.0.1.232",
                "\"flannel.alpha.coreos.com/backend-type\":\"vxlan\" | \"podCIDR\":\"10.244.1.0/24\" | 10.244.1.0 10.244.1.1",
                "\"flannel.alpha.coreos.com/public-ip\":\"192.0.2.7\" | | 192.0.2.7",
                "\"ovn.kubernetes.io/ip_address\":\"100.64.0.2,fd00:100:64::2\" | | 100.64.0.2 fd00:100:64::2",
                "\"k8s.ovn.org/node-subnets\":\"{\\\"default\\\":[\\\"10.244.1.0/24\\\",\\\"fd01:0:0:1::/64\\\"]}\" | | 10.244.1.2 fd01:0:0:1::2",
                "\"k8s.ovn.org/node-subnets\":\"{\\\"default\\\":\\\"10.244.1.0/24\\\"}\" | | 10.244.1.2",
                "\"k8s.ovn.org/node-subnets\":\"soon\" | | ''",
                "\"projectcalico.org/IPv4Address\":\"soon\" | | ''"
            })
    void nodeHasTheAddressesOfAnnotationsAndPodRange(String annotations, String spec, String addresses)
            throws JsonProcessingException {
        String json = NODE.formatted(annotations == null ? "" : annotations, spec == null ? "" : spec);
        String all = ("192.168.10.11 " + addresses).strip();
        assertThat(ClusterObjects.parse("Node", Json.MAPPER.readTree(json)).addresses())
                .containsExactlyInAnyOrder(all.split(" "));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            delimiter = '|',
            value = {
                " | \"podCIDRs\":[\"10.244.1.0/24\",\"fd00:1::/64\",\"nonsense\",\"10.0.0.1\"]",
                "\"k8s.ovn.org/node-subnets\":\"{\\\"default\\\":[\\\"10.244.1.0/24\\\",\\\"fd00:1::/64\\\"]}\" | "
            })
    void addressesOfANodesBlocksAreOfPods(String annotations, String spec) {
        ContextHistory history = new ContextHistory(Duration.ofHours(1));
        assertThat(history.isOfPods("10.244.1.7")).isFalse();
        String json = NODE.formatted(annotations == null ? "" : annotations, spec == null ? "" : spec);
        history.apply(new ContextChange("Node", null, "node-a", 2, "test", json));
        assertThat(history.isOfPods("10.244.1.7")).isTrue();
        assertThat(history.isOfPods("fd00:1::7")).isTrue();
        assertThat(history.isOfPods("10.244.2.7")).isFalse();
        assertThat(history.isOfPods("10.0.0.1")).isFalse();
        history.apply(new ContextChange("Node", null, "node-a", 3, "test", null));
        history.prune(Duration.ofHours(2).toMillis());
        assertThat(history.isOfPods("10.244.1.7")).isFalse();
    }

    @Test
    void addressOfAPodIsNotItsNodes() {
        ContextHistory history = new ContextHistory(Duration.ofHours(1));
        String pod = "{\"metadata\":{\"name\":\"web-1\"},\"status\":{\"podIP\":\"10.244.1.1\"}}";
        history.apply(new ContextChange("Pod", "default", "web-1", 1, "test", pod));
        history.apply(new ContextChange(
                "Node", null, "node-a", 2, "test", NODE.formatted("", "\"podCIDR\":\"10.244.1.0/24\"")));
        assertThat(history.ownerOf("10.244.1.1", 3)).isInstanceOf(ClusterObject.Pod.class);
        history.apply(new ContextChange("Pod", "default", "web-1", 5, "test", null));
        assertThat(history.ownerOf("10.244.1.1", 6)).isInstanceOf(ClusterObject.Node.class);
    }
}
