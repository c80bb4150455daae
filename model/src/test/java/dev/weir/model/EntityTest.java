package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EntityTest {
    private static Entity pod(String workload, String pod, String ip) {
        return new Entity("shop", workload, "Deployment", pod, ip, "n1", null, null);
    }

    @Test
    void podsOfOneWorkloadHaveTheirWorkloadAndNodeInCommon() {
        Entity common = pod("web", "web-1", "10.0.0.1").common(pod("web", "web-2", "10.0.0.2"));
        assertThat(common).isEqualTo(new Entity("shop", "web", "Deployment", null, null, "n1", null, null));
    }

    @Test
    void severalWorkloadsOfANodeAreNotTheNode() {
        Entity common = pod("web", "web-1", "10.0.0.1").common(pod("api", "api-1", "10.0.0.2"));
        assertThat(common.key()).isEqualTo(Entity.UNNAMED);
        assertThat(common.display()).isEqualTo("several");
        assertThat(common.namespace()).isEqualTo("shop");
    }

    @Test
    void nodeByItselfStaysTheNode() {
        Entity node = new Entity(null, null, null, null, "192.168.0.1", "n1", null, null);
        Entity other = new Entity(null, null, null, null, "10.0.0.1", "n1", null, null);
        assertThat(node.common(other).key()).isEqualTo("node/n1");
    }
}
