package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.context.DialectSettings;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.dialect.ApiObjects;
import dev.weir.policy.manifest.YamlText;

/**
 * The settings of Istio that decide what its policies mean, from the {@code mesh} of the ConfigMap {@code istio};
 * Istio's defaults where that is not known.
 *
 * @param root the namespace whose policies hold for the whole mesh
 * @param trustDomain the first part of the identities of the mesh
 */
record IstioSettings(String root, String trustDomain) {
    /** The name by which policies may call any trust domain. */
    static final String ANY_DOMAIN = "cluster.local";

    private static final IstioSettings DEFAULT = new IstioSettings("istio-system", ANY_DOMAIN);

    static IstioSettings of(ClusterFacts facts) {
        for (JsonNode object : facts.objects(DialectSettings.KIND)) {
            if (ApiObjects.name(object).equals(DialectSettings.ISTIO)) {
                JsonNode mesh = YamlText.tree(object.path("data").path("mesh").asText(""));
                return new IstioSettings(
                        mesh.path("rootNamespace").asText(DEFAULT.root()),
                        mesh.path("trustDomain").asText(DEFAULT.trustDomain()));
            }
        }
        return DEFAULT;
    }

    boolean isRoot(String namespace) {
        return namespace.equals(root);
    }

    /** Returns an identity, or a pattern of one, with the trust domain of the mesh where it names any. */
    String named(String principal) {
        return principal.startsWith(ANY_DOMAIN + "/")
                ? trustDomain + principal.substring(ANY_DOMAIN.length())
                : principal;
    }
}
