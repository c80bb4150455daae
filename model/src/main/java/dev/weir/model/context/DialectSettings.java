package dev.weir.model.context;

import java.util.Map;
import java.util.Set;

/** The ConfigMaps with the settings of network plugins and meshes that decide what their policies mean. */
public final class DialectSettings {
    public static final String KIND = "ConfigMap";

    /** The settings of Cilium. */
    public static final String CILIUM = "cilium-config";

    /** The settings of Istio. */
    public static final String ISTIO = "istio";

    private static final Map<String, Set<String>> KEYS = Map.of(
            CILIUM,
                    Set.of(
                            "policy-default-local-cluster",
                            "policy-cidr-match-mode",
                            "enable-host-firewall",
                            "cluster-name"),
            ISTIO, Set.of("mesh"));

    /** The names of the ConfigMaps. */
    public static final Set<String> NAMES = KEYS.keySet();

    private DialectSettings() {}

    /** The keys of a ConfigMap that are read; none of another one. */
    public static Set<String> keys(String name) {
        return KEYS.getOrDefault(name, Set.of());
    }
}
