package dev.weir.policy.dialect.calico;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.model.codec.Json;
import dev.weir.policy.cluster.Cluster;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalicoNamesTest {

    @Test
    void policiesOfOneNameInThreeGroupsStandSideBySide() throws Exception {
        Cluster cluster = Cluster.of(List.of(
                policy("networking.k8s.io/v1"), policy("projectcalico.org/v3"), policy("crd.projectcalico.org/v1")));
        assertThat(cluster.problems()).isEmpty();
        assertThat(cluster.policies().policies())
                .extracting(policy -> policy.ref().display())
                .containsExactlyInAnyOrder(
                        "NetworkPolicy shop/db",
                        "NetworkPolicy.projectcalico.org shop/db",
                        "NetworkPolicy.crd.projectcalico.org shop/db");
        assertThat(cluster.policyManifests()).hasSize(3);
    }

    private static Manifest policy(String apiVersion) throws Exception {
        return Manifest.of("test", (ObjectNode) Json.MAPPER.readTree("{\"apiVersion\":\"" + apiVersion
                + "\",\"kind\":\"NetworkPolicy\",\"metadata\":{\"name\":\"db\",\"namespace\":\"shop\"},"
                + "\"spec\":{\"podSelector\":{}}}"));
    }
}
