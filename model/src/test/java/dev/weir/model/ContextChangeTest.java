package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.codec.ContextCodec;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContextChangeTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, Pod, Pod/shop/x",
                "-, '', Pod, Pod/shop/x",
                "prod-eu, '', Pod, prod-eu/Pod/shop/x",
                "-, -, NetworkPolicy, NetworkPolicy/shop/x",
                "-, networking.k8s.io, NetworkPolicy, NetworkPolicy/shop/x",
                "-, projectcalico.org, NetworkPolicy, NetworkPolicy.projectcalico.org/shop/x",
                "a, crd.projectcalico.org, NetworkPolicy, a/NetworkPolicy.crd.projectcalico.org/shop/x",
                "-, -, CiliumNetworkPolicy, CiliumNetworkPolicy.cilium.io/shop/x",
                "-, cilium.io, CiliumNetworkPolicy, CiliumNetworkPolicy.cilium.io/shop/x",
            })
    void keyHoldsClusterAndGroup(@Nullable String cluster, @Nullable String group, String kind, String key) {
        ContextChange change = new ContextChange(cluster, group, kind, "shop", "x", 1, "test", "{}");
        assertThat(change.key()).isEqualTo(key);
        assertThat(ContextCodec.decode(ContextCodec.encode(change))).isEqualTo(change);
        assertThat(ContextCodec.decode(ContextCodec.encode(change.ended(2))).key())
                .isEqualTo(key);
    }

    @Test
    void valueWithoutGroupHasThatOfItsObject() {
        ContextChange change = ContextCodec.decode(("{\"kind\":\"NetworkPolicy\",\"namespace\":\"shop\",\"name\":\"x\","
                        + "\"valid_from_ms\":1,\"object\":{\"apiVersion\":\"projectcalico.org/v3\"}}")
                .getBytes(StandardCharsets.UTF_8));
        assertThat(change.key()).isEqualTo("NetworkPolicy.projectcalico.org/shop/x");
        assertThat(change.cluster()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "(ambiguous)", "a b", "a\n"})
    void clusterThatKeysCannotHoldIsRefused(String cluster) {
        assertThatThrownBy(() -> new ContextChange(cluster, null, "Pod", "shop", "x", 1, "test", null))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("must be a name such as prod-eu");
    }
}
