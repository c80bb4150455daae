package dev.weir.policy.dialect.cilium;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.context.DialectSettings;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.dialect.ApiObjects;
import java.util.List;

/**
 * The settings of Cilium that decide what its policies mean, from the ConfigMap {@code cilium-config}. Where that is
 * not known, selectors and blocks are those of Cilium 1.18 by default, and the host firewall is taken to be on.
 *
 * @param selectsOwnCluster true if the selector of a peer means endpoints of the own cluster unless it names another
 * @param blocksReachNodes true if blocks of addresses are about nodes, too
 * @param hasHostFirewall true if policies about nodes are enforced
 * @param cluster the name of the own cluster
 */
record CiliumSettings(boolean selectsOwnCluster, boolean blocksReachNodes, boolean hasHostFirewall, String cluster) {
    private static final CiliumSettings DEFAULT = new CiliumSettings(false, false, true, "default");

    static CiliumSettings of(ClusterFacts facts) {
        for (JsonNode object : facts.objects(DialectSettings.KIND)) {
            if (ApiObjects.name(object).equals(DialectSettings.CILIUM)) {
                JsonNode data = object.path("data");
                return new CiliumSettings(
                        isOn(data, "policy-default-local-cluster"),
                        List.of(data.path("policy-cidr-match-mode").asText("").split("[ ,]+", -1))
                                .contains("nodes"),
                        isOn(data, "enable-host-firewall"),
                        data.path("cluster-name").asText(DEFAULT.cluster()));
            }
        }
        return DEFAULT;
    }

    private static boolean isOn(JsonNode data, String key) {
        return data.path(key).asText("").equals("true");
    }
}
