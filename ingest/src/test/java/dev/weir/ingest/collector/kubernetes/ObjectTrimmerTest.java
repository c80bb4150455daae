package dev.weir.ingest.collector.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.codec.Json;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
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

    @Test
    void clientsObjectHasTheTreeOfItsText() throws JsonProcessingException {
        KubernetesSerialization client = new KubernetesSerialization();
        GenericKubernetesResource object = client.unmarshal("""
                {"apiVersion":"projectcalico.org/v3","kind":"NetworkPolicy",
                 "metadata":{"name":"größe","namespace":"shop","uid":"u","generation":4000000000,
                  "labels":{"b":"2","a":"1"},"creationTimestamp":"2026-01-01T00:00:00Z","deletionTimestamp":null,
                  "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"u","controller":true}],
                  "managedFields":[{"manager":"m","time":"2026-01-02T00:00:00Z","fieldsV1":{"f:spec":{}}}]},
                 "spec":{"order":100.5,"small":-1,"large":4000000000,"huge":123456789012345678901234567890,
                  "tiny":1e-7,"whole":8.0,"yes":true,"none":null,"empty":{},"list":[[],{"z":1,"a":"a\\tb"},"ab",2]}}
                """, GenericKubernetesResource.class);
        ObjectNode tree = client.convertValue(object, ObjectNode.class);
        ObjectNode parsed = (ObjectNode) Json.MAPPER.readTree(client.asJson(object));
        ObjectNode trimmed = ObjectTrimmer.of("NetworkPolicy", tree);
        assertThat(trimmed).isEqualTo(ObjectTrimmer.of("NetworkPolicy", parsed));
        assertThat(trimmed)
                .hasToString(ObjectTrimmer.of("NetworkPolicy", parsed).toString());
        assertThat(ObjectTrimmer.begunMs("NetworkPolicy", tree)).isEqualTo(1_767_225_600_000L);
        assertThat(ObjectTrimmer.changedMs(tree)).isEqualTo(1_767_312_000_000L);
    }
}
