package dev.weir.ingest.collector.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.codec.Json;
import org.junit.jupiter.api.Test;

class ObjectTrimmerTest {
    @Test
    void nodeKeepsTheAnnotationsOfItsAddresses() throws JsonProcessingException {
        ObjectNode node = (ObjectNode) Json.MAPPER.readTree("{\"metadata\":{\"name\":\"node-a\",\"annotations\":{"
                + "\"projectcalico.org/IPv4IPIPTunnelAddr\":\"10.244.1.192\",\"volumes.kubernetes.io/x\":\"true\"}},"
                + "\"spec\":{\"podCIDR\":\"10.244.1.0/24\"}}");
        assertThat(ObjectTrimmer.of("Node", node).at("/metadata/annotations"))
                .isEqualTo(Json.MAPPER.readTree("{\"projectcalico.org/IPv4IPIPTunnelAddr\":\"10.244.1.192\"}"));
    }

    @Test
    void podKeepsItsGenerateName() throws JsonProcessingException {
        ObjectNode pod = (ObjectNode)
                Json.MAPPER.readTree("{\"metadata\":{\"name\":\"runner-a1\",\"generateName\":\"runner-\"}}");
        assertThat(ObjectTrimmer.of("Pod", pod).at("/metadata/generateName").asText())
                .isEqualTo("runner-");
    }
}
