package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.dialect.ApiObjects;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A PeerAuthentication, which says whether plaintext is refused.
 *
 * @param isOfRoot true if the namespace is the one whose policies hold for the whole mesh
 * @param created as the object says, to compare as text; empty for none
 * @param labels those of its selector; empty for none
 * @param own the mode of all ports; {@code UNSET} is inherited
 * @param byPort the mode of some ports
 */
record PeerAuthentication(
        String namespace,
        boolean isOfRoot,
        String name,
        String created,
        Map<String, String> labels,
        String own,
        Map<Integer, String> byPort) {
    private static final String UNSET = "UNSET";

    /** The scopes, the widest first. */
    enum Scope {
        MESH,
        NAMESPACE,
        WORKLOAD
    }

    /**
     * A mode.
     *
     * @param by the policy that says so, {@code namespace/name}; empty for none
     */
    record Mode(String name, String by) {
        static final Mode PERMISSIVE = new Mode("PERMISSIVE", "");

        boolean isStrict() {
            return name.equals("STRICT");
        }

        boolean isDisabled() {
            return name.equals("DISABLE");
        }
    }

    static PeerAuthentication of(JsonNode object, IstioSettings settings) {
        JsonNode spec = object.path("spec");
        Map<Integer, String> byPort = new HashMap<>();
        spec.path("portLevelMtls").properties().forEach(each -> {
            if (each.getKey().matches("[0-9]{1,5}")) {
                byPort.put(
                        Integer.valueOf(each.getKey()),
                        each.getValue().path("mode").asText(UNSET));
            }
        });
        return new PeerAuthentication(
                ApiObjects.namespace(object),
                settings.isRoot(ApiObjects.namespace(object)),
                ApiObjects.name(object),
                object.path("metadata").path("creationTimestamp").asText(""),
                ApiObjects.texts(spec.path("selector").path("matchLabels")),
                spec.path("mtls").path("mode").asText(UNSET),
                byPort);
    }

    Scope scope() {
        return !labels.isEmpty() ? Scope.WORKLOAD : isOfRoot ? Scope.MESH : Scope.NAMESPACE;
    }

    boolean isAbout(String ofNamespace, Map<String, String> ofPod) {
        return switch (scope()) {
            case MESH -> true;
            case NAMESPACE -> namespace.equals(ofNamespace);
            case WORKLOAD ->
                // A selector in the root namespace selects nothing.
                !isOfRoot && namespace.equals(ofNamespace) && ofPod.entrySet().containsAll(labels.entrySet());
        };
    }

    /** The mode at a port, where one is inherited. */
    Mode mode(Mode inherited, @Nullable Integer port) {
        Mode ofPod = own.equals(UNSET) ? inherited : new Mode(own, namespace + "/" + name);
        String ofPort = port == null ? UNSET : byPort.getOrDefault(port, UNSET);
        return ofPort.equals(UNSET) ? ofPod : new Mode(ofPort, namespace + "/" + name);
    }
}
