package dev.weir.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network plugin's agent, a pod on each node, found by the label that its installation gives it.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/cluster-administration/networking/">network plugins</a>
 */
public enum NetworkAgent {
    @JsonProperty("cilium")
    CILIUM("Cilium", Map.of("k8s-app", Set.of("cilium"))),
    @JsonProperty("calico")
    CALICO("Calico", Map.of("k8s-app", Set.of("calico-node", "canal"))),
    /** One of those that enforce NetworkPolicy and no kinds of Cilium or Calico. */
    @JsonProperty("other")
    OTHER(
            "another plugin",
            Map.of(
                    "app", Set.of("antrea", "ovnkube-node"),
                    "k8s-app", Set.of("kube-router", "aws-node", "azure-npm", "kindnet"),
                    "name", Set.of("weave-net"))),
    /** Connects pods and enforces no policies. */
    @JsonProperty("flannel")
    FLANNEL("Flannel", Map.of("app", Set.of("flannel"), "k8s-app", Set.of("flannel")));

    private final String title;
    private final Map<String, Set<String>> labels;

    NetworkAgent(String title, Map<String, Set<String>> labels) {
        this.title = title;
        this.labels = labels;
    }

    /** The agent that a pod with these labels is; null for none. */
    public static @Nullable NetworkAgent of(Map<String, String> labels) {
        for (NetworkAgent agent : values()) {
            for (Map.Entry<String, Set<String>> each : agent.labels.entrySet()) {
                String value = labels.get(each.getKey());
                if (value != null && each.getValue().contains(value)) {
                    return agent;
                }
            }
        }
        return null;
    }

    /** The name for people. */
    public String title() {
        return title;
    }
}
