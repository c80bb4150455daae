package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.common.config.ConfigException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterNetworksTest {
    private static final Entity WEB = new Entity("shop", "web", "Deployment", null, null, null, null, null);
    private static final String OF_POD = "10.244.7.7";

    @ParameterizedTest
    @CsvSource({
        "10.0.0.5, 10.9.9.9, NEITHER",
        "10.0.0.5, 192.168.1.4, DESTINATION",
        "10.0.0.5, 203.0.113.9, DESTINATION",
        "10.0.0.5, 2001:db8::1, DESTINATION",
        "10.0.0.5, 169.254.169.254, NEITHER",
        "10.0.0.5, 224.0.0.251, NEITHER",
        "10.0.0.5, 100.64.3.3, NEITHER",
        "192.168.1.4, 10.244.7.7, NEITHER",
        "192.168.1.4, 10.0.0.5, DESTINATION",
        "203.0.113.9, 10.0.0.5, SOURCE",
        "203.0.113.9, 198.51.100.1, BOTH",
    })
    void defaultIsByAddress(String source, String destination, Outside outside) {
        assertThat(outside(ClusterNetworks.DEFAULT, source, destination)).isEqualTo(outside);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.5, 10.9.9.9, NEITHER",
        "10.0.0.5, 192.168.1.4, DESTINATION",
        "192.168.1.4, 192.168.1.5, BOTH",
        "192.168.1.4, 10.0.0.5, SOURCE",
        "10.0.0.5, 203.0.113.9, NEITHER",
        "10.0.0.5, 203.0.114.9, DESTINATION",
        "10.0.0.5, fd00:1::9, NEITHER",
        "10.0.0.5, fd01::9, DESTINATION",
        "10.0.0.5, fe80::9, NEITHER",
        "10.0.0.5, ff02::1, NEITHER",
        "0.0.0.0, 255.255.255.255, NEITHER",
    })
    void givenBlocksAreInside(String source, String destination, Outside outside) {
        ClusterNetworks networks = ClusterNetworks.of(List.of("10.0.0.0/8", "203.0.113.0/24", "fd00::/16"));
        assertThat(outside(networks, source, destination)).isEqualTo(outside);
    }

    private static Outside outside(ClusterNetworks networks, String source, String destination) {
        return networks.outside(address(source), source, address(destination), Set.of(OF_POD)::contains);
    }

    private static Entity address(String ip) {
        return new Entity(null, null, null, null, ip, null, null, null);
    }

    @Test
    void endOfAnObjectIsInside() {
        ClusterNetworks networks = ClusterNetworks.of(List.of("172.16.0.0/12"));
        Entity node = new Entity(null, null, null, null, "198.51.100.7", "n1", null, null);
        assertThat(networks.outside(WEB, "10.0.0.5", node, ip -> false)).isEqualTo(Outside.NEITHER);
        assertThat(networks.outside(WEB, "10.0.0.5", address(OF_POD), OF_POD::equals))
                .isEqualTo(Outside.NEITHER);
    }

    @Test
    void workloadWithoutAddressIsHeldAgainstItsSample() {
        Flow sample = Flow.builder()
                .startMs(1L)
                .endMs(2L)
                .source(Endpoint.of("10.0.0.5", 4000))
                .destination(Endpoint.of("192.168.1.4", 80))
                .protocol("TCP")
                .verdict(Verdict.FORWARDED)
                .build();
        assertThat(ClusterNetworks.outside(WEB, address("192.168.1.4"), List.of(sample)))
                .isEqualTo(Outside.DESTINATION);
        assertThat(ClusterNetworks.outside(WEB, address("192.168.1.4"), List.of()))
                .isEqualTo(Outside.NEITHER);
    }

    @Test
    void textThatIsNoBlockIsRefused() {
        assertThatThrownBy(() -> ClusterNetworks.of(List.of("10.0.0.0/8", "10.0.0/8")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("\"10.0.0/8\" is no block of addresses");
    }
}
